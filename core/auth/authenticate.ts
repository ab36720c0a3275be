import { type Actor } from '../shared/actor.ts';
import { type Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type AccessTokens } from './access-tokens.ts';
import { type ApiTokenQueries } from './api-token-queries.ts';
import { type ApiTokenSecrets } from './api-token-secrets.ts';
import { type SignInQueries } from './sign-in-queries.ts';

interface Authenticated {
  readonly actor: Actor;
  /** The token is past half its life: a client does well to refresh now. */
  readonly refreshSuggested: boolean;
}

/**
 * Who holds this access token or API token, by what the database says now: an ended sign-in, a revoked token and a
 * suspended user are out at once.
 * @throws DomainError `token_expired`, `invalid_token`
 */
export type Authenticate = (token: string) => Promise<Authenticated>;

interface Deps {
  readonly accessTokens: AccessTokens;
  readonly signIns: SignInQueries;
  readonly apiTokens: ApiTokenQueries;
  readonly secrets: ApiTokenSecrets;
  readonly clock: Clock;
}

export function makeAuthenticate({ accessTokens, signIns, apiTokens, secrets, clock }: Deps): Authenticate {
  const byAccessToken: Authenticate = async (token) => {
    const now = clock.now();
    const claims = await accessTokens.verify(token, now);
    if (!(await signIns.isLive(claims.userId, claims.signInId, now))) {
      throw new DomainError('invalid_token', 'This sign-in has ended. Log in again.');
    }
    const halfLife = (claims.issuedAt.getTime() + claims.expiresAt.getTime()) / 2;
    return {
      actor: { userId: claims.userId, signInId: claims.signInId, scopes: null },
      refreshSuggested: now.getTime() > halfLife,
    };
  };
  const byApiToken = async (hash: string): Promise<Authenticated> => {
    const found = await apiTokens.findLive(hash, clock.now());
    if (found === null) throw new DomainError('invalid_token', 'This API token is not valid. Create another one.');
    return { actor: { userId: found.userId, signInId: null, scopes: found.scopes }, refreshSuggested: false };
  };
  return (token) => {
    const hash = secrets.hash(token);
    return hash === null ? byAccessToken(token) : byApiToken(hash);
  };
}
