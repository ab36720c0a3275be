import { RATE_POLICIES, type RateLimiter } from '../../adapters/http/rate-limiter.ts';
import { type Logger } from '../../core/shared/logger.ts';
import { type Config } from '../config/config.ts';
import { makeRateLimiter } from '../limits/rate-limiter.ts';
import { openRedisStore } from '../limits/redis-store.ts';

interface Limits {
  /** Null where they are switched off. */
  readonly limiter: RateLimiter | null;
  close(): void;
}

/** The server's alone, and so no feature: the command line on this machine is not limited, and needs no Redis. */
export function openLimits({ rateLimit, redisUrl }: Config, logger: Logger): Limits {
  if (!rateLimit) return { limiter: null, close: () => undefined };
  const redis =
    redisUrl === null
      ? null
      : openRedisStore({
          url: redisUrl,
          warn: (event, fields) => {
            logger.warn(event, fields);
          },
        });
  return { limiter: makeRateLimiter(RATE_POLICIES, redis), close: () => redis?.close() };
}
