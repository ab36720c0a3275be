import type { Clock } from '../shared/clock.ts';
import { apiTokenEnded } from './api-token.ts';
import type { ApiTokenQueries } from './api-token-queries.ts';
import type { ApiTokenSecrets } from './api-token-secrets.ts';
import type { Identified, ReadAccessToken } from './read-access-token.ts';

/** Whom a token names, as far as the token itself tells. @throws DomainError `token_expired`, `invalid_token` */
export type Identify = (token: string) => Promise<Identified>;

interface Deps {
  readonly readAccessToken: ReadAccessToken;
  readonly apiTokens: ApiTokenQueries;
  readonly secrets: ApiTokenSecrets;
  readonly clock: Clock;
}

export function makeIdentify({ readAccessToken, apiTokens, secrets, clock }: Deps): Identify {
  const byApiToken = async (hash: string): Promise<Identified> => {
    const found = await apiTokens.findLive(hash, clock.now());
    if (found === null) throw apiTokenEnded();
    const { userId, id: apiTokenId, scopes } = found;
    return { viewer: { userId, signInId: null, apiTokenId, scopes }, refreshSuggested: false };
  };
  return (token) => {
    const hash = secrets.hash(token);
    return hash === null ? readAccessToken(token) : byApiToken(hash);
  };
}
