import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisStore } from './redis-store.ts';

interface Quota {
  readonly quota: number;
  readonly seconds: number;
}

interface Allowance {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
}

interface Limiter<Policy extends string> {
  take(policy: Policy, key: string): Promise<Allowance>;
  giveBack(policy: Policy, key: string): Promise<void>;
}

/**
 * Counts in fixed windows that begin with a key's first request: in Redis, which all replicas share, or in this
 * process where there is no Redis or it does not answer.
 */
export function makeRateLimiter<Policy extends string>(
  policies: Readonly<Record<Policy, Quota>>,
  redis: RedisStore | null,
): Limiter<Policy> {
  const counters = new Map(
    Object.entries<Quota>(policies).map(([name, policy]) => [name, makeCounter(name, policy, redis)]),
  );
  const counterOf = (policy: Policy): Counter => {
    const counter = counters.get(policy);
    if (counter === undefined) throw new Error(`There is no rate limit called ${policy}.`);
    return counter;
  };
  return {
    take: async (policy, key) => {
      const { quota } = policies[policy];
      const { consumedPoints, msBeforeNext } = await counterOf(policy).consume(key).catch(usedUp);
      return {
        allowed: consumedPoints <= quota,
        remaining: Math.min(quota, Math.max(0, quota - consumedPoints)),
        resetMs: Math.max(0, msBeforeNext),
      };
    },
    giveBack: async (policy, key) => {
      await counterOf(policy).reward(key, 1);
    },
  };
}

type Counter = RateLimiterMemory | RateLimiterRedis;

function makeCounter(name: string, { quota, seconds }: Quota, redis: RedisStore | null): Counter {
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
