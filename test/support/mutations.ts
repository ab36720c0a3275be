import fc from 'fast-check';
import { hostileJson, hugeJson } from './arbitrary-values.ts';
import { type FuzzRequest, bodyText } from './fuzz-request.ts';
import { hostileContent, hostileHeader, hostileIds, hostileQuery } from './hostile-parts.ts';

/* Changes of a valid request, in one place each. */

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

export const MUTATIONS = {
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

export const mutation = fc.record({
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
