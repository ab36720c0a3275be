import { STATUS_CODES } from 'node:http';
import { takesIdempotencyKey } from '../operations/idempotency.ts';
import type { Endpoint } from '../operations/operation.ts';
import type { ComponentSchemas } from './component-schemas.ts';
import type { JsonSchema } from './json-schema.ts';

interface Reference {
  readonly $ref: string;
}
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface HeaderObject {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers: Readonly<Record<string, Reference>>;
  readonly content?: Content;
}

const problemContent: Content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

const text: JsonSchema = { type: 'string' };

/** Headers of answers, by the names that they have in the document's components. */
export const responseHeaders = {
  RequestId: { description: "The request's id: the caller's own, or a new one.", schema: text },
  RefreshSuggested: {
    description: 'The access token is past half its life.',
    schema: { type: 'string', enum: ['true'] },
  },
  ETag: { description: 'A strong validator, for If-Match and If-None-Match.', schema: text },
  Location: { description: 'The path of what was created.', schema: text },
  Replayed: {
    description: 'The answer was made for an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
  Link: { description: 'Where more follow, the next page: rel="next" (RFC 8288).', schema: text },
  Challenge: { description: 'Bearer, with the error where a token was refused (RFC 6750).', schema: text },
  RetryAfter: { description: 'Seconds to wait before the next try.', schema: { type: 'integer' } },
  Accept: { description: 'The media type that a body may have.', schema: text },
  AcceptEncoding: { description: 'The coding that a body may have.', schema: text },
  RateLimitPolicy: { description: 'The quotas and windows that apply: `"default";q=300;w=60`.', schema: text },
  RateLimit: { description: 'What is left of each, and for how many seconds: `"default";r=299;t=60`.', schema: text },
} as const satisfies Record<string, HeaderObject>;

const requestId = { 'x-request-id': headerRef('RequestId') };
const rateLimits = { 'RateLimit-Policy': headerRef('RateLimitPolicy'), RateLimit: headerRef('RateLimit') };

/** The statuses of the problems that an endpoint may answer. */
function problemStatuses({ spec }: Endpoint): readonly number[] {
  return [
    ...new Set([
      ...(spec.body !== undefined || spec.query !== undefined ? [400] : []),
      ...('public' in spec.access ? [] : [401]),
      // A role that is too weak, or an API token that lacks the scope or may not do this at all.
      ...('scope' in spec.access || 'signIn' in spec.access ? [403] : []),
      ...(spec.body === undefined ? [] : [413, 415]),
      ...(takesIdempotencyKey(spec) ? [400, 409, 422] : []),
      429,
      ...(spec.faults ?? []),
      500,
      503,
    ]),
  ].sort((a, b) => a - b);
}

/** Every problem response that some endpoint answers, by its name in the document's components. */
export function problemResponses(endpoints: readonly Endpoint[]): Readonly<Record<string, ResponseObject>> {
  const statuses = [...new Set(endpoints.flatMap(problemStatuses))].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [problemName(status), problemResponse(status)]));
}

/** What an endpoint answers, by status. */
export function responseObjects(
  endpoint: Endpoint,
  schemas: ComponentSchemas,
): Readonly<Record<string, ResponseObject | Reference>> {
  const { spec, response } = endpoint;
  const responses: Record<string, ResponseObject | Reference> = {};
  for (const status of problemStatuses(endpoint)) responses[status] = problemRef(status);
  for (const status of [spec.status, ...(spec.otherStatuses ?? [])]) {
    const body = contentOf(endpoint, schemas);
    const content = status in responses ? { ...body, ...problemContent } : body;
    const headers = answerHeaders(endpoint, status);
    responses[status] = { description: describe(status), headers, ...(content && { content }) };
  }
  if (spec.method === 'GET' && response.etag) {
    responses[304] = { description: 'It is still what If-None-Match names.', headers: answerHeaders(endpoint, 304) };
  }
  return responses;
}

function contentOf({ response: { schema, list } }: Endpoint, schemas: ComponentSchemas): Content | undefined {
  if (schema === null) return undefined;
  const item = schemas.answer(schema);
  return { 'application/json': { schema: list ? { type: 'array', items: item } : item } };
}

function answerHeaders({ spec, response }: Endpoint, status: number): ResponseObject['headers'] {
  return {
    ...requestId,
    ...rateLimits,
    ...(!('public' in spec.access) && { 'X-Token-Refresh-Suggested': headerRef('RefreshSuggested') }),
    ...(response.etag && { ETag: headerRef('ETag') }),
    ...(response.location && status === 201 && { Location: headerRef('Location') }),
    ...(takesIdempotencyKey(spec) && status === 201 && { 'Idempotency-Replayed': headerRef('Replayed') }),
    ...(response.list && { Link: headerRef('Link') }),
  };
}

function problemResponse(status: number): ResponseObject {
  return {
    description: describe(status),
    headers: {
      ...requestId,
      ...rateLimits,
      ...(status === 401 && { 'WWW-Authenticate': headerRef('Challenge') }),
      ...(status === 415 && { Accept: headerRef('Accept'), 'Accept-Encoding': headerRef('AcceptEncoding') }),
      ...((status === 429 || status === 503) && { 'Retry-After': headerRef('RetryAfter') }),
    },
    content: problemContent,
  };
}

function describe(status: number): string {
  return STATUS_CODES[status] ?? String(status);
}

function problemName(status: number): string {
  return `Problem${status}`;
}

function problemRef(status: number): Reference {
  return { $ref: `#/components/responses/${problemName(status)}` };
}

function headerRef(name: keyof typeof responseHeaders): Reference {
  return { $ref: `#/components/headers/${name}` };
}
