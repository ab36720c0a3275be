import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiter, RatePolicy } from '../../core/shared/rate-limiter.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';

interface Quota {
  readonly quota: number;
  readonly seconds: number;
}

/**
 * Counts in fixed windows that begin with a key's first request: in Redis, which all replicas share, or in this
 * process where there is no Redis or it does not answer.
 */
export function makeRateLimiter(
  policies: Readonly<Record<RatePolicy, Quota>>,
  redis: RedisConnection | null,
): RateLimiter {
  const counters: Readonly<Record<RatePolicy, Counter>> = {
    default: makeCounter('default', policies.default, redis),
    open: makeCounter('open', policies.open, redis),
    body: makeCounter('body', policies.body, redis),
    auth: makeCounter('auth', policies.auth, redis),
    register: makeCounter('register', policies.register, redis),
    refresh: makeCounter('refresh', policies.refresh, redis),
  };
  return {
    take: async (policy, key, amount = 1) => {
      const { quota, seconds } = policies[policy];
      const { consumedPoints, msBeforeNext } = await counters[policy].consume(key, amount).catch(usedUp);
      return {
        allowed: consumedPoints <= quota,
        remaining: Math.min(quota, Math.max(0, quota - consumedPoints)),
        // The library reckons by the clock, which may have been set back; its timers, which end a window, do not.
        resetMs: Math.min(Math.max(0, msBeforeNext), seconds * 1000),
      };
    },
    giveBack: async (policy, key) => {
      await counters[policy].reward(key, 1);
    },
  };
}

type Counter = RateLimiterMemory | RateLimiterRedis;

function makeCounter(name: RatePolicy, { quota, seconds }: Quota, redis: RedisConnection | null): Counter {
  const options = { keyPrefix: `lazy-foundry:rate:${name}`, points: quota, duration: seconds };
  const memory = new RateLimiterMemory(options);
  if (redis === null) return memory;
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  });
}

/** The library rejects with its result when the quota is used up. @throws what else it rejects with */
function usedUp(result: unknown): RateLimiterRes {
  if (result instanceof RateLimiterRes) return result;
  throw result;
}
