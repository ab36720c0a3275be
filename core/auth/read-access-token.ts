import type { Viewer } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { AccessTokens } from './access-tokens.ts';

export interface Identified {
  /** A claimant for an access token; an API token's scopes are stored, so its holder is proven at once. */
  readonly viewer: Viewer;
  /** The token is past half its life: a client does well to refresh now. */
  readonly refreshSuggested: boolean;
}

/**
 * Whom an access token names, by its signature and its times: nothing is looked up.
 * @throws DomainError `token_expired`, `invalid_token`
 */
export type ReadAccessToken = (token: string) => Promise<Identified>;

interface Deps {
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
}

export function makeReadAccessToken({ accessTokens, clock }: Deps): ReadAccessToken {
  return async (token) => {
    const now = clock.now();
    const { userId, signInId, issuedAt, expiresAt } = await accessTokens.verify(token, now);
    const halfLife = (issuedAt.getTime() + expiresAt.getTime()) / 2;
    return {
      viewer: { claims: { userId, signInId, scopes: null } },
      refreshSuggested: now.getTime() > halfLife,
    };
  };
}
