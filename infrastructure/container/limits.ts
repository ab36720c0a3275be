import { RATE_POLICIES, type RateLimiter } from '../../core/shared/rate-limiter.ts';
import type { Config } from '../config/config.ts';
import { makeRateLimiter } from '../limits/rate-limiter.ts';
import type { Redis } from './redis.ts';

/** The server's alone, and so no feature: the command line on this machine is not limited. Null where switched off. */
export async function makeLimits({ rateLimit }: Config, redis: Redis): Promise<RateLimiter | null> {
  return rateLimit ? makeRateLimiter(RATE_POLICIES, await redis.connection()) : null;
}
