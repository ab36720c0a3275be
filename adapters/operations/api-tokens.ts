import { type InferType, array, object } from 'yup';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import type { CreateApiToken, CreatedApiToken } from '../../core/auth/create-api-token.ts';
import type { RevokeApiToken } from '../../core/auth/revoke-api-token.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import { instantOrNull, instantText } from './instant-text.ts';
import { MAX_SECRET, id, line, oneOf, optionalInteger, pageFields, secret, shown } from './fields.ts';
import { operation, read } from './operation.ts';
import { listOf, nothing, view } from './response.ts';

interface ApiTokenServices {
  readonly apiTokens: {
    readonly create: CreateApiToken;
    readonly revoke: RevokeApiToken;
    readonly queries: ApiTokenQueries;
  };
}

const fields = {
  id: shown.id(),
  name: shown.text(),
  scopes: array(oneOf(SCOPES)).defined(),
  prefix: shown.text(),
  createdAt: shown.instant(),
  expiresAt: shown.instantOrNull(),
};
const apiTokenSchema = object(fields).label('ApiToken');

const apiTokenView = view({ schema: apiTokenSchema, present: presentApiToken });

const createdView = view({
  schema: object({ ...fields, token: shown.text().meta({ description: 'The secret: shown this once.' }) }),
  present: ({ apiToken, token }: CreatedApiToken) => ({ ...presentApiToken(apiToken), token }),
});

const listApiTokens = read({
  name: 'listApiTokens',
  summary: 'My API tokens, newest first; never their secrets',
  method: 'GET',
  path: '/api/auth/tokens',
  status: 200,
  access: { signIn: true },
  query: object(pageFields()).noUnknown(),
  response: listOf(apiTokenView),
  run: ({ apiTokens }: ApiTokenServices, viewer, { page }) => apiTokens.queries.list(viewer, page),
});

const createApiToken = operation({
  name: 'createApiToken',
  summary: 'Create an API token for a script, by my password; its secret is shown this once',
  method: 'POST',
  path: '/api/auth/tokens',
  status: 201,
  access: { signIn: true },
  answersSecret: true,
  limit: 'auth',
  body: object({
    name: line(),
    scopes: array(oneOf(SCOPES)).min(1).max(SCOPES.length).defined(),
    expiresInDays: optionalInteger(1, 3650),
    password: secret(MAX_SECRET),
  }).noUnknown(),
  events: { done: ['authn_token_created'], invalid_credentials: ['authn_login_fail'] },
  response: createdView,
  run: ({ apiTokens }: ApiTokenServices, actor, { body, address }) => apiTokens.create(actor, { ...body, address }),
});

const revokeApiToken = operation({
  name: 'revokeApiToken',
  summary: 'Revoke an API token of mine',
  method: 'DELETE',
  path: '/api/auth/tokens/:id',
  status: 204,
  access: { signIn: true },
  params: object({ id: id() }),
  faults: [404],
  events: { done: ['authn_token_revoked'] },
  response: nothing,
  run: ({ apiTokens }: ApiTokenServices, actor, { params }) => apiTokens.revoke(actor, params),
});

export const apiTokenOperations = [listApiTokens, createApiToken, revokeApiToken];

function presentApiToken(apiToken: ApiToken): InferType<typeof apiTokenSchema> {
  return {
    id: apiToken.id,
    name: apiToken.name,
    scopes: [...apiToken.scopes],
    prefix: apiToken.prefix,
    createdAt: instantText(apiToken.createdAt),
    expiresAt: instantOrNull(apiToken.expiresAt),
  };
}
