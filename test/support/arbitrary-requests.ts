import fc, { type Arbitrary } from 'fast-check';
import { jsonSchema } from '../../adapters/http/json-schema.ts';
import type { Endpoint, OperationSpec } from '../../adapters/operations/operation.ts';
import { validObject } from './arbitrary-values.ts';
import { type FuzzRequest, TELLING_HEADERS } from './fuzz-request.ts';
import { MUTATIONS, mutation } from './mutations.ts';

/* Requests to every operation, made from what it declares. `@@…@@` is filled in when the request is sent. */

/** The likelier the cheaper: some cost a hash of a password, some a sign-in that must be replaced. */
export function requestTo(endpoint: Endpoint): { readonly weight: number; readonly arbitrary: Arbitrary<FuzzRequest> } {
  const { spec } = endpoint;
  const valid = fc.oneof(...methodsOf(spec).map((method) => validRequest(endpoint, method)));
  const mutated = fc
    .tuple(valid, fc.oneof(fc.tuple(mutation), fc.tuple(mutation), fc.tuple(mutation, mutation)))
    .map(([request, mutations]) =>
      mutations.reduce<FuzzRequest>((each, { where, ...change }) => MUTATIONS[where](each, change), {
        ...request,
        kind: 'mutated',
      }),
    );
  const odd = fc.tuple(valid, oddity).map(([request, { method, target, header }]): FuzzRequest => ({
    ...request,
    kind: 'odd',
    method: method ?? request.method,
    path: target ?? request.path,
    headers: [...request.headers, ...(header === null ? [] : [header])],
  }));
  const arbitrary = fc.oneof(
    { weight: 58, arbitrary: valid },
    { weight: 40, arbitrary: mutated },
    { weight: 2, arbitrary: odd },
  );
  return { weight: weightOf(spec), arbitrary };
}

function weightOf({ limit, access, method, status, path }: OperationSpec): number {
  if (limit === 'auth') return 1;
  if ('signIn' in access && method !== 'GET') return 2;
  if ('public' in access) return 2;
  // What makes things feeds what changes them.
  return method === 'POST' && status === 201 && path.includes(':') ? 30 : 10;
}

function methodsOf({ method, alsoMethod }: OperationSpec): readonly string[] {
  return alsoMethod === undefined ? [method] : [method, alsoMethod];
}

/** `/api/campaigns/:campaignId/sessions` names a campaign: the noun before the parameter. */
function filled(path: string, pick: number): string {
  return path.replaceAll(/([^/]+)\/:\w+/g, (_, noun: string) => `${noun}/@@${noun}:${pick}@@`);
}

const rarely = <T>(arbitrary: Arbitrary<T>, often: number): Arbitrary<T | null> =>
  fc.oneof({ weight: often, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const validHeaders = fc.tuple(
  rarely(fc.constantFrom('*', '"@@version@@-owner"', '"@@version@@-owner", "2-gm"', '"1"', 'W/"1-owner"'), 6),
  rarely(fc.constantFrom('*', '"1-owner"', '"1-owner", "2-owner", W/"3-owner"'), 8),
  rarely(
    fc.oneof(fc.nat(60), fc.nat(1e9)).map((key) => `key ${key}`),
    4,
  ),
  rarely(fc.constantFrom('abc', 'A.b_c-9'), 20),
  rarely(fc.constantFrom('fuzz/1.0', 'Mozilla/5.0 (X11; Linux) \xe4\xf6\xfc'), 10),
  rarely(fc.constant('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'), 20),
);
const callers = fc.oneof(
  { weight: 12, arbitrary: fc.constant('owner' as const) },
  { weight: 5, arbitrary: fc.constant('gm' as const) },
  { weight: 2, arbitrary: fc.constant('script' as const) },
  { weight: 1, arbitrary: fc.constantFrom('player' as const, 'viewer' as const, 'stranger' as const) },
);

function validRequest({ spec, response }: Endpoint, method: string): Arbitrary<FuzzRequest> {
  const query = spec.query === undefined ? fc.constant({}) : validObject(withoutCursor(spec.query));
  const body = spec.body === undefined ? fc.constant(null) : validObject(jsonSchema(spec.body, { of: 'request' }));
  return fc
    .record({ caller: callers, pick: fc.nat(11), follow: fc.nat(4), headers: validHeaders, query, body })
    .map(({ caller, pick, follow, headers, query: asked, body: content }): FuzzRequest => {
      const follows = response.list && follow === 0;
      return {
        operation: spec.name,
        kind: 'valid',
        caller,
        method,
        path: follows ? `@@next:${pick}@@` : filled(spec.path, pick),
        query: follows ? [] : Object.entries(asked).map(([name, value]) => [name, String(value)]),
        rawQuery: '',
        headers: TELLING_HEADERS.flatMap((name, at) => {
          const value = headers[at] ?? null;
          return value === null ? [] : [[name, value] as const];
        }),
        fields: content === null ? null : Object.entries(content).map(([name, value]) => [name, JSON.stringify(value)]),
        rawBody: null,
        authorization: null,
      };
    });
}

/** A cursor is followed as the Link header gives it, or mutated. */
function withoutCursor(schema: NonNullable<OperationSpec['query']>) {
  const { properties = {}, ...rest } = jsonSchema(schema, { of: 'request' });
  return { ...rest, properties: Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'cursor')) };
}

/** What an HTTP client does not send: answered by a problem too, before there is an operation. */
const oddity = fc.oneof(
  fc
    .constantFrom(
      '//evil.example/api/campaigns',
      'http://evil.example/api/campaigns',
      '/\\evil',
      '*',
      '/api/campaigns#x',
      '/%',
      '/api/%zz',
      '',
    )
    .map((target) => ({ target, method: null, header: null })),
  fc
    .constantFrom('TRACE', 'PROPFIND', 'get', 'BREW', 'PATCHY')
    .map((method) => ({ method, target: null, header: null })),
  fc
    .constantFrom<readonly [string, string]>(
      ['Host', 'evil.example'],
      ['Authorization', 'Bearer x'],
      ['If-Match', '"1"'],
      ['Content-Type', 'text/plain'],
      ['Transfer-Encoding', 'gzip'],
      ['Bad Header', 'x'],
      ['X-Nul', 'a\0b'],
      ['X-Long', 'x'.repeat(17_000)],
    )
    .map((header) => ({ header: header, method: null, target: null })),
);
