import type { Viewer } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { ApiTokenQueries } from './api-token-queries.ts';
import type { ApiTokenSecrets } from './api-token-secrets.ts';

interface Identified {
  /** A claimant for an access token; an API token's scopes are stored, so its holder is proven at once. */
  readonly viewer: Viewer;
  /** The token is past half its life: a client does well to refresh now. */
  readonly refreshSuggested: boolean;
}

/** Whom a token names, as far as the token itself tells. @throws DomainError `token_expired`, `invalid_token` */
export type Identify = (token: string) => Promise<Identified>;

interface Deps {
  readonly accessTokens: AccessTokens;
  readonly apiTokens: ApiTokenQueries;
  readonly secrets: ApiTokenSecrets;
  readonly clock: Clock;
}

export function makeIdentify({ accessTokens, apiTokens, secrets, clock }: Deps): Identify {
  const byAccessToken: Identify = async (token) => {
    const now = clock.now();
    const { userId, signInId, issuedAt, expiresAt } = await accessTokens.verify(token, now);
    const halfLife = (issuedAt.getTime() + expiresAt.getTime()) / 2;
    return {
      viewer: { claims: { userId, signInId, scopes: null } },
      refreshSuggested: now.getTime() > halfLife,
    };
  };
  const byApiToken = async (hash: string): Promise<Identified> => {
    const found = await apiTokens.findLive(hash, clock.now());
    if (found === null) throw new DomainError('invalid_token', 'This API token is not valid. Create another one.');
    return { viewer: { userId: found.userId, signInId: null, scopes: found.scopes }, refreshSuggested: false };
  };
  return (token) => {
    const hash = secrets.hash(token);
    return hash === null ? byAccessToken(token) : byApiToken(hash);
  };
}
