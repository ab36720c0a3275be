import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
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
    if (found === null) throw new DomainError('invalid_token', 'This API token is not valid. Create another one.');
    return { viewer: { userId: found.userId, signInId: null, scopes: found.scopes }, refreshSuggested: false };
  };
  return (token) => {
    const hash = secrets.hash(token);
    return hash === null ? readAccessToken(token) : byApiToken(hash);
  };
}
