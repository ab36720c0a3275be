import { expect } from 'chai';
import { makeRateLimiter } from './rate-limiter.ts';

const TWO = { quota: 2, seconds: 60 };
const POLICIES = { auth: TWO, default: TWO, open: TWO, body: TWO, register: TWO, refresh: TWO } as const;
const HOUR = 3_600_000;

describe('rate limits in memory', () => {
  // The library asks for the time itself.
  const now = Date.now;
  afterEach(() => {
    Date.now = now;
  });

  it('ask nobody to wait for longer than a window when the clock is set back', async () => {
    const limiter = makeRateLimiter(POLICIES, null);
    await limiter.take('auth', 'here');
    Date.now = () => now() - HOUR;
    const second = await limiter.take('auth', 'here');
    const third = await limiter.take('auth', 'here');

    expect([second.allowed, third.allowed]).to.deep.equal([true, false]);
    expect([second.resetMs, third.resetMs]).to.deep.equal([60_000, 60_000]);
  });
});
