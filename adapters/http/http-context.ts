import type { Middleware, ParameterizedContext } from 'koa';
import type { Identified } from '../../core/auth/read-access-token.ts';
import type { Allowance, RatePolicy } from '../../core/shared/rate-limiter.ts';

/** What the pipeline learns about a request on its way; the access log tells it. */
export interface HttpState {
  readonly requestId: string;
  /** Of the W3C trace that the caller is part of. */
  readonly traceId: string | null;
  /** The path's template; the raw path holds ids and is of no use to whoever counts. */
  route: string | null;
  userId: string | null;
  /** Whom its access token names, where the request was counted for that user. */
  claimed: Identified | null;
  /** It was answered by what asks who calls: so the sign-in lives. */
  isProven?: boolean;
  /** The client's, as far as it can be believed; never told in the log. */
  address: string;
  /** What is left of each quota that the request was counted against. */
  readonly allowances: Map<RatePolicy, Allowance>;
  /** The code of the problem that was answered. */
  problem: string | null;
}

export type HttpContext = ParameterizedContext<HttpState, object>;
export type HttpMiddleware = Middleware<HttpState, object>;
