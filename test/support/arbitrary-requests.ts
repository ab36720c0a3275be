import fc, { type Arbitrary } from 'fast-check';
import { jsonSchema } from '../../adapters/http/json-schema.ts';
import type { Endpoint, OperationSpec } from '../../adapters/operations/operation.ts';
import type { Role } from '../../core/members/role.ts';
import { hostileJson, hugeJson, validObject } from './arbitrary-values.ts';

/* Requests to every operation, made from what it declares. `@@…@@` is filled in when the request is sent. */

export interface FuzzRequest {
  /** What was meant; a mutation can make another of it. */
  readonly operation: string;
  /** Valid as far as the operation's schemas tell; changed in a place or two; or no HTTP as clients write it. */
  readonly kind: 'valid' | 'mutated' | 'odd';
  readonly caller: Role | 'stranger' | 'script';
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Appended to the query as it stands. */
  readonly rawQuery: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The fields of the body, each as JSON; null for no body. */
  readonly fields: readonly (readonly [string, string])[] | null;
  /** Instead of `fields`. */
  readonly rawBody: string | null;
  /** Instead of the caller's token. */
  readonly authorization: string | null;
}

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
const NAMES = ['If-Match', 'If-None-Match', 'Idempotency-Key', 'x-request-id', 'User-Agent', 'traceparent'] as const;

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
        headers: NAMES.flatMap((name, at) => {
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

interface Change {
  readonly pick: number;
  readonly json: string;
  readonly key: string;
  readonly text: string;
  readonly id: string;
  readonly content: string;
  readonly header: readonly [string, string];
}

/** As JSON escapes them. */
const HOSTILE_CHARACTERS = [
  ...[
    '\\u0000',
    '\\ud800',
    '\\udfff',
    '\\u202e',
    '\\u2066',
    '\\u2028',
    '\\u0085',
    '\\u0007',
    '\\u001b[2J',
    '\\r\\n',
    '\\ufeff',
    '\\\\',
  ],
  ...[
    '\\uffff',
    '\\ufffe',
    '<b>',
    '</b>',
    '<!--',
    '<',
    '%',
    '_',
    "'",
    '\\"',
    '${',
    '{{',
    '\\ud83c\\udfb2',
    '\\u200b',
    'a\\u0300',
  ],
] as const;

const MUTATIONS = {
  value: (request, { pick, json }) => {
    const fields = request.fields ?? [];
    return { ...request, fields: fields.map((field, at) => (at === pick % fields.length ? [field[0], json] : field)) };
  },
  /** A text that is right in all but a character. */
  text: (request, { pick }) => {
    const fields = request.fields ?? [];
    const count = fields.flatMap(([, json]) => [...json.matchAll(/"x/g)]).length;
    const inserted = `"x${HOSTILE_CHARACTERS[pick % HOSTILE_CHARACTERS.length] ?? ''}`;
    let left = count === 0 ? -1 : pick % count;
    return {
      ...request,
      fields: fields.map(([name, json]) => [name, json.replaceAll(/"x/g, (old) => (left-- === 0 ? inserted : old))]),
    };
  },
  /** A number that is right in all but its size. */
  number: (request, { pick }) => {
    const number =
      ['-1', '0', '0.5', '1e400', '2147483648', '9007199254740992', '-0', '1000001', '1e15'][pick % 9] ?? '';
    const fields = request.fields ?? [];
    return { ...request, fields: fields.map(([name, json]) => [name, /^-?\d/.test(json) ? number : json]) };
  },
  inside: (request, { pick, json, key }) => {
    const fields = request.fields ?? [];
    const name = JSON.stringify(key);
    const within = (old: string): string => [`[${old},${json}]`, `[${json}]`, `{${name}:${json}}`][pick % 3] ?? old;
    return {
      ...request,
      fields: fields.map(([field, old], at) => [field, at === pick % fields.length ? within(old) : old]),
    };
  },
  unknown: (request, { json, key }) => ({ ...request, fields: [...(request.fields ?? []), [key, json]] }),
  twice: (request, { pick }) => {
    const fields = request.fields ?? [];
    const again = fields[pick % Math.max(1, fields.length)];
    return { ...request, fields: again === undefined ? fields : [...fields, again] };
  },
  missing: (request, { pick }) => ({
    ...request,
    fields: request.fields?.filter((_, at) => at !== pick % (request.fields ?? []).length) ?? null,
  }),
  body: (request, { content }) => ({ ...request, rawBody: content }),
  cut: (request, { pick }) => ({ ...request, rawBody: bodyText(request)?.slice(0, -1 - (pick % 20)) ?? '{' }),
  path: (request, { pick, id }) => {
    const parts = request.path.split('/');
    const at = parts.findIndex((part) => part.startsWith('@@'));
    const changed = parts.map((part, n) => (n === (at === -1 ? pick % parts.length : at) ? id : part));
    return { ...request, path: pick % 7 === 0 ? `${request.path}${id}` : `/${changed.slice(1).join('/')}` };
  },
  query: (request, { text }) => ({ ...request, rawQuery: text }),
  cursor: (request, { pick }) => ({ ...request, rawQuery: `cursor=@@cursor:${pick}@@` }),
  header: (request, { header }) => ({
    ...request,
    headers: [...request.headers.filter(([name]) => name.toLowerCase() !== header[0].toLowerCase()), header],
  }),
  method: (request, { pick }) => ({
    ...request,
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'][pick % 6] ?? 'GET',
  }),
  authorization: (request, { pick, header }) => ({
    ...request,
    authorization:
      ['', 'Bearer', 'Bearer ', 'Bearer x.y.z', 'Basic eDp5', 'Bearer @@refresh@@', 'Bearer lfv_00', header[1]][
        pick % 8
      ] ?? '',
  }),
} as const satisfies Readonly<Record<string, (request: FuzzRequest, change: Change) => FuzzRequest>>;

const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((c) => c !== 0x7f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 40,
});

const hostileHeader = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...NAMES,
      'Authorization',
      'Content-Type',
      'Accept',
      'Origin',
      'X-Forwarded-For',
      'tracestate',
      'Cookie',
    ),
    fc.oneof(
      latin1,
      fc.constantFrom(
        '',
        '*',
        '"',
        '""',
        'W/',
        '\xe2\x80\xae',
        'x'.repeat(300),
        '"'.repeat(400),
        ','.repeat(400),
        '__proto__',
      ),
    ),
  ),
  fc.constantFrom<readonly [string, string]>(
    ...[
      'text/plain',
      'application/json; charset=utf-16',
      'application/jsonx',
      'APPLICATION/JSON',
      'application/json;;',
      'multipart/form-data',
    ].map((type) => ['Content-Type', type] as const),
    ['Content-Type', 'application/json; charset="utf-8"'],
    ['Content-Encoding', 'gzip'],
    ['If-Match', '"99999999999999999999-owner"'],
    ['If-Match', '"-1"'],
    ['If-Match', '"2147483648-owner"'],
    ['If-Match', '"999999999999999-owner"'],
    ['If-Match', `${'"1-owner",'.repeat(500)}"2-owner"`],
    ['If-None-Match', `${'"1-owner",'.repeat(500)}"2-owner"`],
    ['Idempotency-Key', 'x'.repeat(255)],
    ['Idempotency-Key', 'x'.repeat(256)],
    ['User-Agent', 'x'.repeat(4000)],
    ['User-Agent', '\xff\xfe\xed\xa0\x80'],
    ['X-Forwarded-For', '1.2.3.4, ::1, not an address, 999.1.1.1'],
    ['traceparent', 'ff-00000000000000000000000000000000-0000000000000000-00'],
    ['Accept-Encoding', 'br;q=1.0, gzip;q=0.8, *;q=0.1'],
    ['Prefer', 'return=minimal'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['Range', 'bytes=0-0'],
    ['If-Modified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ),
);

const hostileIds = fc.oneof(
  fc.constantFrom(
    ...[
      '%00',
      '%0a',
      '..',
      '%2e%2e',
      '%2f',
      '%2F%2F',
      ' '.trim(),
      '0',
      '-1',
      'null',
      'undefined',
      '__proto__',
      'constructor',
      '%25',
      '*',
    ],
    ...[
      '%e2%80%ae',
      '%F0%9F%8E%B2',
      '@@sessions:1@@ '.trim(),
      '@@campaigns:2@@',
      '@@other:3@@',
      '{id}',
      ':id',
      'me',
      'a'.repeat(2000),
    ],
    ...["'%20or%201=1--", '%ed%a0%bd', '@@sessions:1@@%00', '@@SESSIONS@@', ';', ';a=b', '?limit=1', '%3Flimit=1'],
  ),
  fc.uuid(),
  fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => encodeURIComponent(text)),
);

const hostileQuery = fc.oneof(
  fc.constantFrom(
    ...[
      'limit=0',
      'limit=101',
      'limit=1e3',
      'limit=-1',
      'limit=',
      'limit=%00',
      'limit=1&limit=2',
      'limit[]=1',
      'limit=1.0',
      'limit= 1'.replace(' ', '+'),
    ],
    ...[
      'cursor=',
      'cursor=x',
      'cursor=%00',
      `cursor=${'A'.repeat(2000)}`,
      `cursor=${'A'.repeat(2001)}`,
      'cursor=AAAA&cursor=AAAA',
      'cursor=null',
    ],
    ...[
      'q=%00',
      'q=%25',
      'q=_',
      'q=%5C',
      'q=%5C%5C%25_',
      'q=%ED%A0%80',
      'q=%F0%9F%8E%B2',
      `q=${'x'.repeat(255)}`,
      `q=${'x'.repeat(256)}`,
      'q=%E2%80%AE',
    ],
    ...[
      '__proto__=1',
      'constructor=1',
      '__proto__[x]=1',
      'toString=1',
      '=',
      '&',
      '&&=&',
      '%=1',
      'a=%',
      'status=',
      'status=active&status=paused',
    ],
    ...[
      'status=__proto__',
      'role=owner%00',
      'sort=sessionNumber;drop',
      'sort=',
      'from=now',
      'from=2026-02-30T00:00:00Z',
      'to=infinity',
      `to=${'9'.repeat(300)}`,
    ],
    ...[
      'from=2026-11-23T19:00:00Z&to=1900-01-01T00:00:00Z',
      'from=2026-11-23T19:00:00+01:00',
      Array.from({ length: 1200 }, (_, n) => `k${n}=1`).join('&'),
    ],
  ),
  fc
    .tuple(fc.constantFrom('q', 'limit', 'cursor', 'status', 'from'), fc.string({ unit: 'binary', maxLength: 20 }))
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`),
);

const hostileContent = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom(
      ...[
        '',
        '{',
        '}',
        '[]',
        'null',
        'true',
        '0',
        '"x"',
        '{}{}',
        '{} x',
        "{'a':1}",
        '{"a":NaN}',
        '{"a":1,}',
        '{"a":01}',
        '{/**/}',
        '\ufeff{}',
      ],
      ...[
        '{"a":1,"a":1}',
        '{"a":"\t"}',
        '{"a":"\\x"}',
        '@@byte:ff@@',
        '{"name":"@@byte:ed@@@@byte:a0@@@@byte:80@@"}',
        '{"name":"@@byte:c0@@@@byte:80@@"}',
      ],
      ...[
        '{"title":"x","title":"y"}',
        '{"name":"x","n\\u0061me":"y"}',
        ' {} ',
        '\u00a0{}',
        '{"a":{"b":[1,2,{"c":1,"c":2}]}}',
        '@@byte:00@@',
        '{"a":1}@@byte:00@@',
      ],
    ),
  },
  { weight: 20, arbitrary: hostileJson },
  { weight: 1, arbitrary: hugeJson.map((json) => `{"description":${json}}`) },
  { weight: 20, arbitrary: hostileJson.map((json) => `{"title":${json},"name":${json},"description":${json}}`) },
);

const mutation = fc.record({
  where: fc.constantFrom(
    ...([
      'value',
      'value',
      'value',
      'inside',
      'unknown',
      'twice',
      'missing',
      'body',
      'cut',
      'path',
      'query',
      'query',
      'cursor',
    ] as const),
    ...(['text', 'text', 'text', 'text', 'number'] as const),
    ...(['header', 'header', 'method', 'authorization'] as const),
  ),
  pick: fc.nat(999),
  json: fc.oneof({ weight: 100, arbitrary: hostileJson }, { weight: 1, arbitrary: hugeJson }),
  key: fc.oneof(
    fc.constantFrom(
      '__proto__',
      'constructor',
      'prototype',
      'id',
      'role',
      'ownerId',
      'campaignId',
      'status',
      '',
      'a\0b',
      '\ud800',
      'x'.repeat(300),
    ),
    fc.string({ unit: 'grapheme', maxLength: 10 }),
  ),
  text: hostileQuery,
  id: hostileIds,
  content: hostileContent,
  header: hostileHeader,
});

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

export function bodyText({ fields, rawBody }: FuzzRequest): string | null {
  if (rawBody !== null || fields === null) return rawBody;
  return `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}
