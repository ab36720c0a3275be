import { expect } from 'chai';
import { setImmediate as turn } from 'node:timers/promises';
import { makeSemaphore } from './semaphore.ts';

/** Work that ends when it is told to, and tells how much of it ran at once. */
function makeGauge() {
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const endings: (() => void)[] = [];
  return {
    begun,
    running: () => running,
    most: () => most,
    work: (number: number) => async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      begun.push(number);
      await new Promise<void>((resolve) => endings.push(resolve));
      running -= 1;
      return number;
    },
    /** Ends the one that has run longest. */
    endOne: async (): Promise<void> => {
      endings.shift()?.();
      await turn();
    },
  };
}

describe('the semaphore', () => {
  it('runs as many works at once as it has slots, and not one more', async () => {
    const limited = makeSemaphore(3);
    const gauge = makeGauge();
    const all = Promise.all(Array.from({ length: 10 }, (_, number) => limited(gauge.work(number))));
    await turn();
    expect(gauge.running()).to.equal(3);

    for (let ended = 1; ended <= 10; ended += 1) {
      await gauge.endOne();
      expect(gauge.running()).to.equal(Math.min(3, 10 - ended));
    }
    expect(await all).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(gauge.most()).to.equal(3);
  });

  it('serves whoever waits in the order of their coming', async () => {
    const limited = makeSemaphore(1);
    const gauge = makeGauge();
    const all = Promise.all([0, 1, 2, 3].map((number) => limited(gauge.work(number))));
    for (let round = 0; round < 4; round += 1) await gauge.endOne();
    await all;
    expect(gauge.begun).to.deep.equal([0, 1, 2, 3]);
  });

  it('lets nobody who comes at the moment of a release run beside the one who waited', async () => {
    const limited = makeSemaphore(1);
    const gauge = makeGauge();
    const all = [limited(gauge.work(0)), limited(gauge.work(1))];
    await turn();
    const ending = gauge.endOne();
    // One at each step of what happens between the end of the first and the beginning of the second.
    for (let number = 2; number < 12; number += 1) {
      all.push(limited(gauge.work(number)));
      await Promise.resolve();
    }
    await ending;
    for (let round = 1; round < 12; round += 1) await gauge.endOne();
    await Promise.all(all);
    expect([gauge.most(), gauge.begun]).to.deep.equal([1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]);
  });

  it('gives the slot back when a work fails, also before its first await, and hands the failure on', async () => {
    const limited = makeSemaphore(1);
    const failures = await Promise.allSettled([
      limited(() => Promise.reject(new Error('later'))),
      limited(() => {
        throw new Error('at once');
      }),
      limited(() => Promise.resolve('done')),
    ]);
    expect(failures.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).to.deep.equal([
      'Error: later',
      'Error: at once',
      'done',
    ]);
  });

  it('has all its slots again after a rush', async () => {
    const limited = makeSemaphore(2);
    await Promise.all(Array.from({ length: 20 }, () => limited(() => Promise.resolve())));
    const gauge = makeGauge();
    const all = Promise.all([0, 1, 2].map((number) => limited(gauge.work(number))));
    await turn();
    expect(gauge.running()).to.equal(2);
    for (let round = 0; round < 3; round += 1) await gauge.endOne();
    await all;
  });
});
