import type { ReadAccessToken } from '../../core/auth/read-access-token.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import { rateLimited } from '../../core/shared/errors.ts';
import type { Logger } from '../../core/shared/logger.ts';
import { RATE_POLICIES, type RateLimiter, type RatePolicy } from '../../core/shared/rate-limiter.ts';
import type { SecurityEvent } from '../../core/shared/security-event.ts';
import { claimedCaller } from './authenticate-caller.ts';
import type { HttpContext, HttpMiddleware } from './http-context.ts';

/** Each takes one from a quota, tells in the headers what is left, and throws `rate_limited` where that was nothing. */
export interface RateLimits {
  /** For every request: under /api by the user whom its access token names, else by its address. */
  readonly limitRequest: HttpMiddleware;
  /** Besides, for operations that log in. */
  limitAuth(ctx: HttpContext): Promise<void>;
  /** It is known whose request it is. Where only a look-up told so, it counts for the user and no longer for the address. */
  limitUser(ctx: HttpContext): Promise<void>;
}

/** In any spelling, although the router knows but one: looking for another is no way around the limit either. */
const API = /^\/+api(?:\/|$)/i;
const HEALTH = /^\/+(?:health|metrics)(?:\/|$)/i;

/** Without a limiter there are no limits and no headers. */
export function makeRateLimits(
  limiter: RateLimiter | null,
  readAccessToken: ReadAccessToken,
  logger: Pick<Logger, 'warn'>,
): RateLimits {
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
  // Those who share an address, at one table say, must not use up each other's quota.
  const keyOf = (ctx: HttpContext): string =>
    ctx.state.userId === null ? addressKey(ctx) : `user ${ctx.state.userId}`;
  return {
    limitRequest: async function limitRequest(ctx, next) {
      try {
        if (API.test(ctx.path)) {
          const claimed = await claimedCaller(ctx, readAccessToken);
          ctx.state.claimed = claimed;
          ctx.state.userId = claimed && claimedBy(claimed.viewer).userId;
          await take(ctx, 'default', keyOf(ctx));
        } else {
          // Who looks for holes must not make a monitor at the same address believe that the server is gone.
          await take(ctx, 'open', `${HEALTH.test(ctx.path) ? 'health' : 'page'} ${addressKey(ctx)}`);
        }
        await next();
      } finally {
        tellAllowances(ctx);
      }
    },
    limitAuth: (ctx) => take(ctx, 'auth', addressKey(ctx)),
    limitUser: async (ctx) => {
      if (ctx.state.claimed !== null) return;
      void limiter.giveBack('default', addressKey(ctx));
      await take(ctx, 'default', keyOf(ctx));
    },
  };
}

const unlimited: RateLimits = {
  limitRequest: function limitRequest(_, next) {
    return next();
  },
  limitAuth: () => Promise.resolve(),
  limitUser: () => Promise.resolve(),
};

const POLICIES = {
  default: policyText('default'),
  open: policyText('open'),
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
