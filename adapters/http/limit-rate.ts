import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Authenticate } from '../../core/auth/authenticate.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import { DomainError, rateLimited } from '../../core/shared/errors.ts';
import type { Logger } from '../../core/shared/logger.ts';
import { RATE_POLICIES, type RateLimiter, type RatePolicy } from '../../core/shared/rate-limiter.ts';
import type { SecurityEvent } from '../../core/shared/security-event.ts';
import { type Authentication, bearerToken, claimedCaller } from './authenticate-caller.ts';
import type { HttpContext, HttpMiddleware } from './http-context.ts';
import { MAX_BYTES } from '../operations/read-json.ts';
import { HttpFault } from './http-fault.ts';
import { RequestAborted } from './read-body.ts';

type OwnPolicy = Exclude<RatePolicy, 'default' | 'open' | 'body'>;

/** Each takes one from a quota, tells in the headers what is left, and throws `rate_limited` where that was nothing. */
export interface RateLimits {
  /**
   * For every request. Under /api by the user whom its access token names, else by its address; where the sign-in turns
   * out to have ended, the address is counted instead, and before all else from then on.
   */
  readonly limitRequest: HttpMiddleware;
  /** For operations with a policy of their own, by address: where nobody is known it counts instead of the other. */
  limitMore(ctx: HttpContext, policy: OwnPolicy): Promise<void>;
  /** It is known whose request it is. Where only a look-up told so, it counts for the user and no longer for the address. */
  limitUser(ctx: HttpContext): Promise<void>;
}

/** Bounds the memory: what is forgotten is found out again. */
const ENDED_KNOWN = 10_000;

/** In any spelling, although the router knows but one: looking for another is no way around the limit either. */
const API = /^\/+api(?:\/|$)/i;
const HEALTH = /^\/+(?:health|metrics)(?:\/|$)/i;

/** Without a limiter there are no limits and no headers. */
export function makeRateLimits(
  limiter: RateLimiter | null,
  { authenticate, readAccessToken }: Pick<Authentication, 'authenticate' | 'readAccessToken'>,
  logger: Pick<Logger, 'warn'>,
): RateLimits {
  if (limiter === null) return unlimited;
  /** Sign-ins that are known to have ended: none comes back. */
  const ended = new LRUCache<string, true>({ max: ENDED_KNOWN });
  const take = async (ctx: HttpContext, policy: RatePolicy, key: string, amount?: number): Promise<void> => {
    const allowance = await limiter.take(policy, key, amount);
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
  /** @throws DomainError `rate_limited` where the address has used up what it turns out to be counted for */
  const afterwards = async (ctx: HttpContext, fault: unknown): Promise<void> => {
    const { claimed, allowances, isProven = false } = ctx.state;
    if (fault instanceof DomainError && fault.kind === 'invalid' && allowances.has('register')) {
      // Whoever is told that the password is too short has not got an account.
      void limiter.giveBack('register', addressKey(ctx));
    }
    const { userId, signInId } = claimed === null ? NOBODY : claimedBy(claimed.viewer);
    if (isProven || signInId === null || ended.has(signInId) || isOutage(fault)) return;
    if (await lives(ctx, authenticate)) return;
    ended.set(signInId, true);
    void limiter.giveBack('default', `user ${userId}`);
    await take(ctx, 'default', addressKey(ctx));
  };
  return {
    limitRequest: async function limitRequest(ctx, next) {
      try {
        if (!API.test(ctx.path)) {
          // Who looks for holes must not make a monitor at the same address believe that the server is gone.
          await take(ctx, 'open', `${HEALTH.test(ctx.path) ? 'health' : 'page'} ${addressKey(ctx)}`);
          await next();
          return;
        }
        const claimed = await claimedCaller(ctx, readAccessToken);
        ctx.state.claimed = claimed;
        const caller = claimed && claimedBy(claimed.viewer);
        ctx.state.userId = caller === null || ended.has(String(caller.signInId)) ? null : caller.userId;
        await take(ctx, 'default', keyOf(ctx));
        const kibibytes = lengthOf(ctx.req.headers);
        if (kibibytes > 0) await take(ctx, 'body', addressKey(ctx), kibibytes);
        try {
          await next();
        } catch (error) {
          await afterwards(ctx, error);
          throw error;
        }
        await afterwards(ctx, null);
      } finally {
        tellAllowances(ctx);
      }
    },
    limitMore: async (ctx, policy) => {
      if (ctx.state.userId === null) void limiter.giveBack('default', addressKey(ctx));
      if (policy === 'register') await take(ctx, 'auth', addressKey(ctx));
      await take(ctx, policy, addressKey(ctx));
    },
    limitUser: async (ctx) => {
      if (ctx.state.claimed !== null) return;
      // What has a policy of its own has given it back already.
      if (!ctx.state.allowances.has('auth')) void limiter.giveBack('default', addressKey(ctx));
      await take(ctx, 'default', keyOf(ctx));
    },
  };
}

const NOBODY = { userId: null, signInId: null };

/** Then nobody can tell whether a sign-in lives, and asking would keep the caller waiting. */
function isOutage(fault: unknown): boolean {
  return (
    fault !== null &&
    !(fault instanceof HttpFault || fault instanceof RequestAborted) &&
    !(fault instanceof DomainError && fault.kind !== 'unavailable')
  );
}

/** Whether the sign-in of the request's access token does; where that cannot be told, it may. */
async function lives({ req }: HttpContext, authenticate: Authenticate): Promise<boolean> {
  try {
    await authenticate(bearerToken(req.headers.authorization));
    return true;
  } catch (error) {
    return !(error instanceof DomainError && error.kind === 'unauthenticated');
  }
}

/** KiB of the body. One whose length nobody tells counts for as much as a body may have; a longer one is refused anyway. */
function lengthOf(headers: IncomingHttpHeaders): number {
  const told = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : MAX_BYTES;
  return Math.ceil(Math.min(told, MAX_BYTES) / 1024);
}

const unlimited: RateLimits = {
  limitRequest: function limitRequest(_, next) {
    return next();
  },
  limitMore: () => Promise.resolve(),
  limitUser: () => Promise.resolve(),
};

const POLICIES = {
  default: policyText('default'),
  open: policyText('open'),
  body: policyText('body', 1024, 'content-bytes'),
  auth: policyText('auth'),
  register: policyText('register'),
  refresh: policyText('refresh'),
} as const satisfies Record<RatePolicy, string>;

function policyText(name: RatePolicy, times = 1, unit?: string): string {
  const { quota, seconds } = RATE_POLICIES[name];
  return `"${name}";q=${quota * times};${unit === undefined ? '' : `qu="${unit}";`}w=${seconds}`;
}

/** As the IETF's draft has it (draft-ietf-httpapi-ratelimit-headers-10). */
function tellAllowances(ctx: HttpContext): void {
  const policies: string[] = [];
  const left: string[] = [];
  for (const [name, { remaining, resetMs }] of ctx.state.allowances) {
    policies.push(POLICIES[name]);
    left.push(`"${name}";r=${remaining * (name === 'body' ? 1024 : 1)};t=${Math.ceil(resetMs / 1000)}`);
  }
  ctx.set('RateLimit-Policy', policies.join(', '));
  ctx.set('RateLimit', left.join(', '));
}
