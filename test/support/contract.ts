import { STATUS_CODES } from 'node:http';
import { expect } from 'chai';
import { type JsonSchema, jsonSchema } from '../../adapters/http/json-schema.ts';
import type { OpenApiDocument } from '../../adapters/http/openapi.ts';
import type { Endpoint } from '../../adapters/operations/operation.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
  readonly paths: OpenApiDocument['paths'];
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The codes that the contract gives each status. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  400: ['validation_failed', 'invalid_json', 'invalid_cursor'],
  401: ['unauthenticated', 'invalid_credentials', 'token_expired', 'invalid_token', 'refresh_token_reused'],
  403: ['forbidden'],
  404: ['not_found', 'no_such_route'],
  405: ['method_not_allowed'],
  409: [
    'email_taken',
    'username_taken',
    'session_number_taken',
    'illegal_transition',
    'idempotency_in_flight',
    'last_owner',
    'invite_used_up',
    'limit_reached',
    'registration_closed',
  ],
  412: ['version_conflict'],
  413: ['body_too_large'],
  415: ['unsupported_media_type'],
  422: ['idempotency_key_reused'],
  429: ['rate_limited'],
  503: ['unavailable'],
};

/**
 * Checks an answer against the contract: its status is declared, and its headers and body are as the contract has them,
 * with no field that is not declared. Answers the name of the operation, or null where none is asked.
 * @throws AssertionError
 */
export function checkAnswer(call: Call, answer: RawAnswer): string | null {
  const { status, headers, text } = answer;
  const [pathname = ''] = call.path.split('?');
  const what = `${call.method} ${pathname} answered ${status} ${text}`;
  const endpoint = endpointOf(call, pathname);
  expect(headers.get('x-request-id'), what).to.match(/^[A-Za-z0-9._-]{1,64}$/);
  expect(status, what).not.to.equal(500);
  if (endpoint !== null) {
    const declared = call.paths[endpoint.spec.path.replaceAll(/:(\w+)/g, '{$1}')]?.[call.method.toLowerCase()];
    expect(Object.keys(declared?.responses ?? {}), what).to.include(String(status));
  }
  if (headers.get('content-type') === 'application/problem+json') checkProblem(pathname, answer, what);
  else if (status >= 400 && status !== 503) expect.fail(what);
  else if (endpoint !== null) checkSuccess(endpoint, answer, what);
  return endpoint?.spec.name ?? null;
}

function endpointOf({ method, endpoints }: Call, pathname: string): Endpoint | null {
  const matching = endpoints.filter(
    ({ spec }) =>
      (spec.method === method || spec.alsoMethod === method) &&
      new RegExp(`^${spec.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  // `/things/best` before `/things/:id`.
  return matching.toSorted((a, b) => a.spec.path.split(':').length - b.spec.path.split(':').length)[0] ?? null;
}

function checkProblem(pathname: string, { status, headers, text }: RawAnswer, what: string): void {
  const problem = parseObject(text);
  const fields = ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'];
  expect(problem, what).to.have.all.keys(status === 400 ? [...fields, 'errors'] : fields);
  expect(CODES[status] ?? [], what).to.include(problem.code);
  expect(problem, what).to.include({
    type: `urn:lazy-foundry:problem:${String(problem.code)}`,
    title: STATUS_CODES[status],
    status,
    instance: pathname,
    requestId: headers.get('x-request-id'),
  });
  expect(problem.detail, what).to.be.a('string').that.has.length.greaterThan(10);
  if (status === 400) {
    expect(problem.errors, what).to.be.an('array');
    for (const error of Array.isArray(problem.errors) ? problem.errors : []) {
      expect(error, what).to.have.all.keys('field', 'message');
    }
  }
  expect(headers.get('WWW-Authenticate') !== null, what).to.equal(status === 401);
  expect(headers.get('Retry-After') !== null, what).to.equal(status === 429 || status === 503);
  expect(headers.get('Allow') !== null, what).to.equal(status === 405);
  expect(headers.get('ETag'), what).to.equal(null);
  expect(headers.get('Location'), what).to.equal(null);
  expect(headers.get('Cache-Control'), what).to.equal('no-store');
}

function checkSuccess({ spec, response }: Endpoint, answer: RawAnswer, what: string): void {
  const { status, headers, text } = answer;
  const etag = headers.get('ETag');
  if (response.etag) expect(etag, what).to.match(/^"[^"]+"$/);
  else expect(etag, what).to.equal(null);
  expect(headers.get('Location') !== null, what).to.equal(response.location && status === 201);
  if (!response.list) expect(headers.get('Link'), what).to.equal(null);
  if (status === 304 || response.schema === null) {
    expect(text, what).to.equal('');
    expect(status, what).to.equal(response.schema === null ? spec.status : 304);
    return;
  }
  expect(headers.get('content-type'), what).to.equal('application/json; charset=utf-8');
  expect(headers.get('Cache-Control'), what).to.equal('no-store');
  const body: unknown = JSON.parse(text);
  const item = jsonSchema(response.schema, { of: 'answer' });
  const faults = faultsOf(response.list ? { type: 'array', items: item } : item, body, '');
  expect(faults, what).to.deep.equal([]);
  for (const each of response.list && Array.isArray(body) ? body : [body]) {
    response.schema.validateSync(each, { strict: true });
  }
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
};

/** Where a value does not fit a schema. Stricter than JSON Schema: no object has a field that is not declared. */
function faultsOf(schema: JsonSchema, value: unknown, path: string): readonly string[] {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type) && !(type === 'integer' && types.includes('number'))) {
    return [`${path} is ${type}, not ${types.join(' or ')}`];
  }
  if (value === null) return [];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path} is none of its values`];
  if (typeof value === 'string') {
    const format = schema.format === undefined ? undefined : FORMATS[schema.format];
    return format === undefined || format.test(value) ? [] : [`${path} is no ${String(schema.format)}`];
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((each: unknown, index) => faultsOf(items, each, `${path}[${index}]`));
  }
  if (typeof value !== 'object') return [];
  const properties = new Map(Object.entries(schema.properties ?? {}));
  const given = new Map<string, unknown>(Object.entries(value));
  return [
    ...(schema.required ?? []).filter((name) => !given.has(name)).map((name) => `${path}.${name} is missing`),
    ...[...given].flatMap(([name, child]) => {
      const property = properties.get(name);
      return property === undefined
        ? [`${path}.${name} is not declared`]
        : faultsOf(property, child, `${path}.${name}`);
    }),
  ];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`Not an object: ${text}`);
  return { ...value };
}
