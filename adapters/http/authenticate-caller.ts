import type { Authenticate } from '../../core/auth/authenticate.ts';
import type { Identify } from '../../core/auth/identify.ts';
import type { Identified, ReadAccessToken } from '../../core/auth/read-access-token.ts';
import type { Viewer } from '../../core/shared/actor.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { HttpContext } from './http-context.ts';

/** How the token of a request is turned into who sends it. */
export interface Authentication {
  /** For what changes something: asks whether the sign-in lives. */
  readonly authenticate: Authenticate;
  /** For what only reads, and asks that itself; and before a body is waited for. */
  readonly identify: Identify;
  /** For the rate limits, before anything is looked up. */
  readonly readAccessToken: ReadAccessToken;
}

/** RFC 6750, section 2.1; the scheme's case does not count (RFC 9110, section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/**
 * Whom the token of the request names, if it is one of ours that has not expired: nobody else may make us wait for a body.
 * @throws DomainError `unauthenticated`, `invalid_token`, `token_expired`
 */
export async function identifyCaller(ctx: HttpContext, identify: Identify): Promise<Viewer> {
  const token = bearerToken(ctx.req.headers.authorization);
  const { viewer, refreshSuggested } = ctx.state.claimed ?? (await identify(token));
  if (refreshSuggested) ctx.set('X-Token-Refresh-Suggested', 'true');
  return viewer;
}

/** Who sends the request, by what holds now. @throws DomainError `unauthenticated`, `invalid_token`, `token_expired` */
export async function authenticateCaller({ req }: HttpContext, authenticate: Authenticate): Promise<Viewer> {
  const { actor } = await authenticate(bearerToken(req.headers.authorization));
  return actor;
}

/** Whom an access token names; null for any other token, for one that does not hold, and for none. */
export async function claimedCaller(
  { req }: HttpContext,
  readAccessToken: ReadAccessToken,
): Promise<Identified | null> {
  const token = BEARER.exec(req.headers.authorization ?? '')?.[1];
  if (token === undefined) return null;
  try {
    return await readAccessToken(token);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

export function bearerToken(header: string | undefined): string {
  if (header === undefined) {
    throw new DomainError('unauthenticated', 'Sign in first: this needs an access token.');
  }
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw new DomainError('invalid_token', 'Send the access token as "Authorization: Bearer <token>".');
  }
  return token;
}
