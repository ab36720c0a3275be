import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Lease, makeLease } from './lease.ts';
import { LEASE } from './lifetimes.ts';

describe('the lease of a process that keeps something', () => {
  const IDLE = 500;
  let asked: number[];
  let restarts: number;
  let lease: Lease;
  beforeEach(() => {
    asked = [];
    restarts = 0;
    lease = makeLease({
      ask: (number) => {
        asked.push(number);
      },
      restarted: () => {
        restarts += 1;
      },
      silent: () => undefined,
      idleMs: IDLE,
    });
  });
  afterEach(() => {
    lease.end();
  });
  const answer = (): void => {
    lease.returned(asked.at(-1) ?? 0);
  };

  it('begins when the first question has come back', () => {
    expect(lease.isValid()).to.equal(false);
    lease.begin();
    expect(lease.isValid()).to.equal(false);
    answer();
    expect([lease.isValid(), restarts]).to.deep.equal([true, 1]);
  });

  it('is not given by an answer to another question, nor twice by the same', () => {
    lease.begin();
    lease.isValid();
    lease.returned(0);
    lease.returned(7);
    expect(lease.isValid()).to.equal(false);
    answer();
    lease.end();
    answer();
    expect(lease.isValid()).to.equal(false);
  });

  it('is over a second after the question was asked, and not after it came back', async () => {
    lease.begin();
    lease.isValid();
    await sleep(LEASE / 2);
    answer();
    await sleep(LEASE / 2 + 20);
    expect(lease.isValid()).to.equal(false);
  });

  it('begins anew when it was over, as changes may have been missed', async () => {
    lease.begin();
    lease.isValid();
    await sleep(LEASE + 20);
    answer();
    expect([lease.isValid(), restarts]).to.deep.equal([false, 1]);
  });

  it('is over when the feed is lost, and begins anew when it is back', () => {
    lease.begin();
    lease.isValid();
    answer();
    lease.end();
    expect(lease.isValid()).to.equal(false);
    lease.begin();
    answer();
    expect([lease.isValid(), restarts]).to.deep.equal([true, 2]);
  });

  it('goes on as long as it is of use, and then asks nothing any more', async () => {
    lease.begin();
    for (const begun = performance.now(); performance.now() - begun < LEASE;) {
      await sleep(10);
      lease.isValid();
      answer();
    }
    expect(asked.length).to.be.within(2, 5);
    await sleep(IDLE + 700);
    const before = asked.length;
    await sleep(400);
    expect(asked.length).to.equal(before);
    lease.isValid();
    expect(asked.length).to.equal(before + 1);
  });
});
