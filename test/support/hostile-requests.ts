/* Requests that are made to cost more than they should, each at the most that is let in: 1 MiB of body, 16 KiB of head. */

export interface HostileRequest {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent in chunks of so many bytes. */
  readonly chunk?: number;
  /** What may be answered; 0 for one that is cut off. */
  readonly statuses: readonly number[];
}

interface Paths {
  /** Of a session that is never finalized: what is sent is refused. */
  readonly finalize: string;
  readonly npcs: string;
  readonly sessions: string;
}

const MIB = 1024 * 1024;
const HEADER = 14_000;
const LISTS = ['events', 'playerDecisions', 'worldChanges', 'unfinishedThreads', 'lootAwarded', 'npcInteractions'];

const listOf = (count: number, item: string): string => `[${Array.from({ length: count }, () => item).join(',')}]`;
const lists = (count: number, item: string): string =>
  `{${LISTS.map((name) => `"${name}":${listOf(count, item)}`).join(',')}}`;
/** As many times as fill the body. */
const filled = (begin: string, piece: string, end: string): string =>
  begin + piece.repeat(Math.floor((MIB - begin.length - end.length) / Buffer.byteLength(piece))) + end;
const fields = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',')}}`;
const tags = '<b <i '.repeat(165);

/** Of bodies; all are refused with 400 unless something else is said. */
const bodies: Readonly<Record<string, string>> = {
  '349,000 brackets': '['.repeat(349_000),
  'objects in objects': '{"a":'.repeat(200_000),
  'brackets that close': `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  'six lists of 10,000 wrong values': lists(10_000, '5'),
  'six lists of 1,000 wrong values': lists(1000, '5'),
  'six lists of 200 wrong values': lists(200, '{"a":[]}'),
  'six lists of 200 right values and a wrong one': lists(200, '"x"'),
  '500,000 numbers': filled('{"events":[', '0,', '0]}'),
  'empty lists': filled('{"events":[', '[],', '[]]}'),
  '90,000 fields': fields(90_000),
  '1,000 unknown fields': fields(1000),
  'a field with a name of 1 MiB': filled('{"', 'k', '":0}'),
  'escaped names of fields': `{${Array.from({ length: 9000 }, (_, index) => `"\\u006b\\u006b${index}":0`).join(',')}}`,
  blanks: filled('{', ' ', '}x'),
  'empty lines': filled('{', '\n', '}x'),
  'a number of a million digits': filled('{"xpAwarded":', '1', '}'),
  commas: filled('{', ',', '}'),
  quotes: filled('{"a":', '"', '}'),
  backslashes: filled('{"summary":"', '\\\\', '"}'),
  'escaped letters': filled('{"summary":"', '\\u0061', '"}'),
  'escapes, and a wrong one': filled('{"summary":"', '\\n', '\\x"}'),
  'escapes in Unicode, and a wrong one': filled('{"summary":"', '\\u0061', '\\u00g0"}'),
  'a string that does not end': filled('{"summary":"', 'x', ''),
  'escaped quotes in a string that does not end': filled('{"summary":"', '\\"', ''),
  'a text that is too long': filled('{"summary":"', 'x', '"}'),
  emoji: filled('{"summary":"', '🐉', '"}'),
  'marks in disorder': filled('{"summary":"a', '\u0301\u0316', '"}'),
  '100,000 marks in disorder': `{"summary":"a${'\u0301\u0316'.repeat(49_000)}","unknown":0}`,
  'letters with 30 marks': filled('{"summary":"', `a${'\u0301\u0316'.repeat(15)}`, '"}'),
  'half characters': filled('{"summary":"', '\\ud800', '"}'),
  NULs: filled('{"summary":"', '\\u0000', '"}'),
  'letters that grow in normalising': filled('{"summary":"', '\ufdfa', '"}'),
  '200 names full of tags': `{"unknown":0,"npcInteractions":${listOf(200, JSON.stringify({ name: tags, note: 5 }))}}`,
  '870 names full of tags': `{"npcInteractions":${listOf(870, JSON.stringify({ name: tags }))}}`,
  'tags in tags in tags': `{"npcInteractions":${listOf(200, JSON.stringify({ name: '<<<<b>'.repeat(165) }))},"x":0}`,
  'a name of 1 MiB of tags': filled('{"npcInteractions":[{"name":"', '<b>', '"}]}'),
  'a moment of 1 MiB': filled('{"scheduledDate":"2026-', '1', '"}'),
  'a mood of 1 MiB': filled('{"mood":"', 'tense', '"}'),
  'ids of 5,000 characters': `{"npcInteractions":${listOf(190, JSON.stringify({ npcId: '0'.repeat(5000), name: 'x' }))}}`,
};

/** Of the query of a list. */
const queries: Readonly<Record<string, string>> = {
  names: 'a&'.repeat(7000),
  '1,400 unknown filters': Array.from({ length: 1400 }, (_, index) => `k${index}=0`).join('&'),
  'the same filter again and again': 'q=x&'.repeat(3500),
  'signs of percent': `q=${'%25'.repeat(4600)}`,
  'letters of percent': `q=${'%F0%9F%90%89'.repeat(1100)}`,
  'marks in disorder': `q=${'%CC%81%CC%96'.repeat(1100)}`,
  'a cursor of 14,000 characters': `cursor=${'A'.repeat(HEADER)}`,
  'a cursor of 2,000 characters': `cursor=${'A'.repeat(2000)}`,
  'a cursor of brackets': `cursor=${Buffer.from('['.repeat(1400)).toString('base64url')}`,
  'a limit of 14,000 digits': `limit=${'1'.repeat(HEADER)}`,
  'a moment of 14,000 digits': `from=2026-01-01T00:00:00.${'1'.repeat(HEADER)}Z`,
  'a filter of 14,000 letters': `status=${'planned'.repeat(2000)}`,
  'signs of equality': '='.repeat(HEADER),
  'signs of plus': `q=${'+'.repeat(HEADER)}`,
};

const ofHeader = (piece: string): string => piece.repeat(Math.floor(HEADER / piece.length));
const addresses = Array.from({ length: 1500 }, (_, index) => `::ffff:127.0.${index % 256}.${index % 251}`);

/** Of headers, on a read that is else in order. */
const headers: Readonly<Record<string, readonly [name: string, value: string]>> = {
  'a token of letters': ['Authorization', `Bearer ${ofHeader('a')}`],
  'a token of blanks': ['Authorization', `Bearer${ofHeader(' ')}!`],
  'a token of signs of equality': ['Authorization', `Bearer a${ofHeader('=')}!`],
  'a token of dots': ['Authorization', `Bearer ${ofHeader('.')}`],
  'a token whose head is nested': [
    'Authorization',
    `Bearer ${Buffer.from('['.repeat(10_000)).toString('base64url')}.e30.x`,
  ],
  'an API token of 14,000 digits': ['Authorization', `Bearer lfv_${ofHeader('0')}`],
  'quotes for tags': ['If-None-Match', ofHeader('"')],
  tags: ['If-None-Match', ofHeader('"1-owner",')],
  'weak tags': ['If-None-Match', ofHeader('W/"",')],
  'tags that do not begin': ['If-None-Match', ofHeader('W/')],
  'tags to match': ['If-Match', ofHeader('"1-owner",')],
  'a key': ['Idempotency-Key', ofHeader('k')],
  'a trace': ['traceparent', `01-${'0'.repeat(31)}1-${'0'.repeat(15)}1-00-${ofHeader('-')}`],
  'an id of a request': ['x-request-id', ofHeader('a')],
  'an origin': ['Origin', `https://${ofHeader('a')}`],
  'types to accept': ['Accept', ofHeader('a/b;q=0.1,')],
  'encodings to accept': ['Accept-Encoding', ofHeader('gzip;q=0.1,')],
  'languages to accept': ['Accept-Language', ofHeader('de;q=0.1,')],
  hops: ['X-Forwarded-For', ofHeader('127.0.0.1,')],
  'short hops': ['X-Forwarded-For', ofHeader('::1,')],
  'hops of IPv6': ['X-Forwarded-For', addresses.slice(0, 700).join(',')],
  'commas for hops': ['X-Forwarded-For', ofHeader(',')],
  'hops as RFC 7239 has them': ['Forwarded', ofHeader('for=127.0.0.1,')],
  cookies: ['Cookie', ofHeader('a=b; ')],
  'a browser': ['User-Agent', ofHeader('<b>')],
  ranges: ['Range', `bytes=${ofHeader('0-0,')}`],
};
const contentTypes: Readonly<Record<string, string>> = {
  parameters: `application/json${ofHeader(';a=b')}`,
  blanks: `application/json;${ofHeader(' ')}x`,
  charsets: `application/json${ofHeader(';charset=utf-8')}`,
  'signs of equality': `application/json;charset=${ofHeader('=')}`,
  quotes: `application/json;charset=${ofHeader('"')}`,
};

/** By what they are. The caller adds its token. */
export function hostileRequests({ finalize, npcs, sessions }: Paths): ReadonlyMap<string, HostileRequest> {
  const all = new Map<string, HostileRequest>();
  for (const [name, body] of Object.entries(bodies)) {
    all.set(`a body: ${name}`, { method: 'POST', path: finalize, body, statuses: [400] });
  }
  const read = { method: 'GET', path: sessions, statuses: [200, 400, 401] } as const;
  for (const [name, query] of Object.entries(queries)) {
    all.set(`a query: ${name}`, { ...read, path: `${sessions}?${query}` });
  }
  for (const [name, [header, value]] of Object.entries(headers)) {
    all.set(`${header}: ${name}`, { ...read, headers: { [header]: value } });
  }
  const json = (value: unknown): string => JSON.stringify(value);
  const post = { method: 'POST', path: npcs, statuses: [201] } as const;
  for (const [name, type] of Object.entries(contentTypes)) {
    all.set(`Content-Type: ${name}`, { ...post, body: '{}', headers: { 'Content-Type': type }, statuses: [400, 415] });
  }
  const login = { method: 'POST', path: '/api/auth/login', statuses: [400, 413] } as const;
  const strangers = '['.repeat(65_000);
  return new Map([
    ...all,
    ['a log-in: 65,000 brackets', { ...login, body: strangers, headers: { Authorization: '' } }],
    ['a log-in: 1 MiB', { ...login, body: filled('{"email":"', 'a', '"}'), headers: { Authorization: '' } }],
    [
      'a log-in: an address of dots',
      { ...login, body: json({ email: `a@${'a.'.repeat(510)}`, password: 'x' }), statuses: [401, 429] },
    ],
    [
      'a registration: 1,000 marks',
      {
        ...login,
        path: '/api/auth/register',
        body: json({ email: 'a@example.org', username: 'a\u0301\u0316'.repeat(300), password: 'A1'.repeat(500) }),
      },
    ],
    [
      'a head: 100 fields',
      {
        ...read,
        headers: Object.fromEntries(Array.from({ length: 92 }, (_, index) => [`X-${index}`, 'x'.repeat(130)])),
      },
    ],
    ['a path: slashes', { ...read, path: '/'.repeat(HEADER), statuses: [400, 404] }],
    ['a path: segments', { ...read, path: `/api${'/a'.repeat(HEADER / 2)}`, statuses: [404] }],
    ['a path: an id of 14,000 characters', { ...read, path: `/api/sessions/${'%2F'.repeat(4600)}`, statuses: [404] }],
    [
      'a preflight',
      {
        ...read,
        method: 'OPTIONS',
        headers: { Origin: ofHeader('a'), 'Access-Control-Request-Method': 'GET' },
        statuses: [204],
      },
    ],
    [
      'a body: in chunks of a byte',
      { ...post, body: json({ description: 'x'.repeat(200_000) }), chunk: 1, statuses: [0, 400] },
    ],
    [
      'a body: in chunks of 16 bytes',
      { ...post, body: filled('{"description":"', 'x', '"}'), chunk: 16, statuses: [0, 400] },
    ],
    [
      'a body: the largest that is right',
      {
        ...post,
        body: json({
          name: 'Pell',
          description: 'x'.repeat(100_000),
          personality: '"'.repeat(100_000),
          background: '\u0001'.repeat(50_000),
          secrets: 'é'.repeat(100_000),
        }),
      },
    ],
    [
      'a body: the largest that is right, with a key',
      {
        ...post,
        headers: { 'Idempotency-Key': 'largest' },
        body: json({ name: 'Pell', description: '\n'.repeat(100_000), background: 'é'.repeat(100_000) }),
      },
    ],
  ]);
}
