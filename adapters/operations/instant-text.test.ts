import { expect } from 'chai';
import fc from 'fast-check';
import { instantOrNull, instantText } from './instant-text.ts';

describe('the text of an instant', () => {
  it('is that of toISOString, for any date', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(instantText(date)).to.equal(date.toISOString());
      }),
      { numRuns: 3000 },
    );
    for (const text of ['1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']) {
      expect(instantText(new Date(text))).to.equal(text);
    }
  });

  it('is none of what is no date', () => {
    expect(() => instantText(new Date(Number.NaN))).to.throw(RangeError);
    expect(instantOrNull(null)).to.equal(null);
  });
});
