import type { Logger } from '../../core/shared/logger.ts';
import type { SecurityEvent } from '../../core/shared/security-event.ts';
import { rateLimited } from '../../core/shared/errors.ts';
import type { HttpContext, HttpMiddleware } from './http-context.ts';
import { RATE_POLICIES, type RateLimiter, type RatePolicy } from './rate-limiter.ts';

/** Each takes one from a quota, tells in the headers what is left, and throws `rate_limited` where that was nothing. */
export interface RateLimits {
  /** For every request under /api, before anything is known of who sends it. */
  readonly limitAddress: HttpMiddleware;
  /** Besides, for operations that log in. */
  limitAuth(ctx: HttpContext): Promise<void>;
  /** The request turned out to be this user's: it counts for the user and no longer for the address. */
  limitUser(ctx: HttpContext, userId: string): Promise<void>;
}

/** In any spelling, although the router knows but one: looking for another is no way around the limit either. */
const LIMITED = /^\/+api(?:\/|$)/i;

/** Without a limiter there are no limits and no headers. */
export function makeRateLimits(limiter: RateLimiter | null, logger: Pick<Logger, 'warn'>): RateLimits {
  if (limiter === null) return unlimited;
  const take = async (ctx: HttpContext, policy: RatePolicy, key: string): Promise<void> => {
    const allowance = await limiter.take(policy, key);
    ctx.state.allowances.set(policy, allowance);
    if (allowance.allowed) return;
    const { requestId, address, userId, route } = ctx.state;
    const fields = { requestId, policy, route, address, userId };
    logger.warn('excess_rate_limit_exceeded' satisfies SecurityEvent, fields);
    throw rateLimited(allowance.resetMs);
  };
  const addressKey = ({ state }: HttpContext): string => `address ${state.address}`;
  return {
    limitAddress: async function limitAddress(ctx, next) {
      if (!LIMITED.test(ctx.path)) {
        await next();
        return;
      }
      try {
        await take(ctx, 'default', addressKey(ctx));
        await next();
      } finally {
        tellAllowances(ctx);
      }
    },
    limitAuth: (ctx) => take(ctx, 'auth', addressKey(ctx)),
    limitUser: async (ctx, userId) => {
      // Those who share an address, at one table say, must not use up each other's quota.
      void limiter.giveBack('default', addressKey(ctx));
      await take(ctx, 'default', `user ${userId}`);
    },
  };
}

const unlimited: RateLimits = {
  limitAddress: function limitAddress(_, next) {
    return next();
  },
  limitAuth: () => Promise.resolve(),
  limitUser: () => Promise.resolve(),
};

const POLICIES = {
  default: policyText('default'),
  auth: policyText('auth'),
} as const satisfies Record<RatePolicy, string>;

function policyText(name: RatePolicy): string {
  const { quota, seconds } = RATE_POLICIES[name];
  return `"${name}";q=${quota};w=${seconds}`;
}

/** As the IETF's draft has it (draft-ietf-httpapi-ratelimit-headers-10). */
function tellAllowances(ctx: HttpContext): void {
  const policies: string[] = [];
  const left: string[] = [];
  for (const [name, { remaining, resetMs }] of ctx.state.allowances) {
    policies.push(POLICIES[name]);
    left.push(`"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`);
  }
  ctx.set('RateLimit-Policy', policies.join(', '));
  ctx.set('RateLimit', left.join(', '));
}
