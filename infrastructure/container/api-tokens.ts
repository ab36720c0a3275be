import { apiTokenOperations } from '../../adapters/operations/api-tokens.ts';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import type { ApiTokenSecrets } from '../../core/auth/api-token-secrets.ts';
import { makeCreateApiToken } from '../../core/auth/create-api-token.ts';
import { makeRevokeApiToken } from '../../core/auth/revoke-api-token.ts';
import { apiTokenSecrets } from '../crypto/api-token-secrets.ts';
import { makeApiTokenQueries } from '../database/api-token-queries.ts';
import { ApiTokenRow, makeApiTokenRepository } from '../database/api-token-repository.ts';
import { AUDIT } from './audit.ts';
import { type Feature, token } from './binder.ts';
import { PROVE_PASSWORD } from './passwords.ts';
import { CLOCK, DATABASE, IDS, PROVE, READER, TRANSACTION } from './shared.ts';
import { USERS } from './users.ts';

export const API_TOKENS = token<ApiTokenRepository>('api tokens');
export const API_TOKEN_QUERIES = token<ApiTokenQueries>('api token queries');
export const API_TOKEN_SECRETS = token<ApiTokenSecrets>('api token secrets');

export const apiTokens: Feature = {
  rows: [ApiTokenRow],
  register: ({ provide, make, serve }) => {
    provide(API_TOKEN_QUERIES, { database: DATABASE, reader: READER }, ({ database, reader }) =>
      makeApiTokenQueries(database, reader),
    );
    provide(API_TOKEN_SECRETS, {}, () => apiTokenSecrets);
    provide(API_TOKENS, { database: DATABASE }, ({ database }) => makeApiTokenRepository(database));
    const services = make(
      {
        create: make(
          {
            provePassword: PROVE_PASSWORD,
            audit: AUDIT,
            prove: PROVE,
            users: USERS,
            apiTokens: API_TOKENS,
            secrets: API_TOKEN_SECRETS,
            ids: IDS,
            clock: CLOCK,
            transaction: TRANSACTION,
          },
          makeCreateApiToken,
        ),
        revoke: make({ audit: AUDIT, apiTokens: API_TOKENS, transaction: TRANSACTION }, makeRevokeApiToken),
        queries: API_TOKEN_QUERIES,
      },
      (made) => ({ apiTokens: made }),
    );
    serve(apiTokenOperations, services);
  },
};
