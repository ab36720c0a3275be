import { type Authenticate } from '../../core/auth/authenticate.ts';
import { type Actor } from '../../core/shared/actor.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { type HttpContext } from './http-context.ts';

/** RFC 6750, section 2.1; the scheme's case does not count (RFC 9110, section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Who sends the request. @throws DomainError `unauthenticated`, `invalid_token`, `token_expired` */
export async function authenticateCaller(ctx: HttpContext, authenticate: Authenticate): Promise<Actor> {
  const header = ctx.req.headers.authorization;
  if (header === undefined) {
    throw new DomainError('unauthenticated', 'Sign in first: this needs an access token.');
  }
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw new DomainError('invalid_token', 'Send the access token as "Authorization: Bearer <token>".');
  }
  const { actor, refreshSuggested } = await authenticate(token);
  ctx.state.userId = actor.userId;
  if (refreshSuggested) ctx.set('X-Token-Refresh-Suggested', 'true');
  return actor;
}
