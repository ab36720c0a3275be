import { expect } from 'chai';
import { ids } from './ids.ts';

describe('new ids', () => {
  it('are UUIDs of version 7 in lower case', () => {
    for (let round = 0; round < 100; round += 1) {
      expect(ids.next()).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('grow from one to the next, also within one millisecond', () => {
    const made = Array.from({ length: 20_000 }, () => ids.next());
    expect(made.every((id, index) => index === 0 || id > (made[index - 1] ?? ''))).to.equal(true);
    expect(new Set(made).size).to.equal(20_000);
  });

  it('begin with the time at which they were made', () => {
    const before = Date.now();
    const time = Number.parseInt(ids.next().replaceAll('-', '').slice(0, 12), 16);
    // Each is greater than the one before, so that many in one millisecond may run a little ahead of the clock.
    expect(time).to.be.within(before, Date.now() + 1000);
  });
});
