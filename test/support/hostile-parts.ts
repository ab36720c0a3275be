import fc from 'fast-check';
import { hostileJson, hugeJson } from './arbitrary-values.ts';
import { TELLING_HEADERS } from './fuzz-request.ts';

/* What no client should send, for each part of a request. */

const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((c) => c !== 0x7f)
    .map((c) => String.fromCharCode(c)),
  maxLength: 40,
});

export const hostileHeader = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...TELLING_HEADERS,
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

export const hostileIds = fc.oneof(
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

export const hostileQuery = fc.oneof(
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

export const hostileContent = fc.oneof(
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
