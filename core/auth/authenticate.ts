import { type Actor } from '../shared/actor.ts';
import { type Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type AccessTokens } from './access-tokens.ts';
import { type SignInQueries } from './sign-in-queries.ts';

interface Authenticated {
  readonly actor: Actor;
  /** The token is past half its life: a client does well to refresh now. */
  readonly refreshSuggested: boolean;
}

/** Who holds this access token. @throws DomainError `token_expired`, `invalid_token` (also when its sign-in has ended) */
export type Authenticate = (token: string) => Promise<Authenticated>;

interface Deps {
  readonly accessTokens: AccessTokens;
  readonly signIns: SignInQueries;
  readonly clock: Clock;
}

export function makeAuthenticate({ accessTokens, signIns, clock }: Deps): Authenticate {
  return async (token) => {
    const now = clock.now();
    const claims = await accessTokens.verify(token, now);
    if (!(await signIns.isLive(claims.userId, claims.signInId, now))) {
      throw new DomainError('invalid_token', 'This sign-in has ended. Log in again.');
    }
    const halfLife = (claims.issuedAt.getTime() + claims.expiresAt.getTime()) / 2;
    return {
      actor: { userId: claims.userId, signInId: claims.signInId },
      refreshSuggested: now.getTime() > halfLife,
    };
  };
}
