import fc, { type Arbitrary } from 'fast-check';
import type { JsonSchema } from '../../adapters/http/json-schema.ts';

/* Values for requests, made from the schemas that the operations declare. `@@…@@` stands for what is known only later. */

const moments = fc.oneof(
  fc
    .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '1900-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2028-02-29T23:59:59.123456789Z',
    '2026-11-23T19:00:00+14:00',
    '2026-11-23T19:00:00-12:00',
    // On the wall of some zone: in the third, clocks skip it.
    '2026-11-23T19:00',
    '9999-12-31T23:59:59.999',
    '2027-03-28T02:30:00',
  ),
);

/** What a schema cannot say of a text: by the name of its field. */
const KNOWN: Readonly<Record<string, Arbitrary<string>>> = {
  scheduledDate: moments,
  from: moments,
  to: moments,
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'),
  email: fc.oneof(
    fc.constant('@@email@@'),
    fc.nat(1e9).map((n) => `somebody${n}@example.org`),
  ),
  username: fc.nat(1e9).map((n) => `user${n}`),
  password: fc.constantFrom('Quiet Harbour 7', 'Another Harbour 8'),
  currentPassword: fc.constantFrom('Quiet Harbour 7', 'Another Harbour 8'),
  newPassword: fc.constant('Quiet Harbour 7'),
  idEnding: fc.stringMatching(/^[0-9a-fA-F-]{4,36}$/),
  refreshToken: fc.constantFrom('@@refresh@@', 'of nobody'),
  visibleTo: fc.constantFrom('@@members:0@@', '@@members:1@@'),
};

const texts = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('<b>x</b>', "Robert'); drop table users;--", '${7*7} {{7*7}}', '\u202eevil\u202c'),
  },
);

/** A value that the schema takes, at its bounds as often as between them. */
export function validValue(schema: JsonSchema, name = ''): Arbitrary<unknown> {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const value = validOf(schema, name, types.find((type) => type !== 'null') ?? 'string');
  return types.includes('null')
    ? fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) })
    : value;
}

function validOf(schema: JsonSchema, name: string, type: string): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.filter((each) => each !== null));
  switch (type) {
    case 'string':
      return validText(schema, name);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const item = validValue(schema.items ?? {}, name);
      const { minItems: minLength = 0, maxItems = 200 } = schema;
      const few = fc.array(item, { minLength, maxLength: Math.min(maxItems, minLength + 3) });
      const most = item.map((each) => Array<unknown>(maxItems).fill(each));
      return fc.oneof({ weight: 60, arbitrary: few }, { weight: 1, arbitrary: most });
    }
    case 'object':
      return validObject(schema);
    default:
      throw new Error(`No arbitrary for ${type}.`);
  }
}

/** Optional fields are there as often as not. */
export function validObject({
  properties = {},
  required = [],
}: JsonSchema): Arbitrary<Readonly<Record<string, unknown>>> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, validValue(field, name)]));
  return fc.record(fields, { requiredKeys: [...required] });
}

function validText({ format, minLength = 0, maxLength = 1000 }: JsonSchema, name: string): Arbitrary<string> {
  const known = KNOWN[name];
  if (known !== undefined) return known;
  if (format === 'uuid') return fc.uuid({ version: 7 });
  // A letter at least, as a line of nothing but tags is empty.
  const text = texts.map((each) => `x${each}`.slice(0, maxLength));
  const longest = fc
    .constantFrom('x', 'ä', '\u{1f3b2}')
    .map((each) => each.repeat(Math.floor(maxLength / each.length)));
  const shortest = fc.constant('x'.repeat(minLength));
  const [longer, rarely] = maxLength > 1000 ? [200, 1] : [15, 1];
  return fc.oneof(
    { weight: longer, arbitrary: text },
    { weight: rarely, arbitrary: longest },
    { weight: rarely, arbitrary: shortest },
  );
}

/** What no field may hold, or hardly any: as a piece of JSON, so that it can be what JSON.stringify never writes. */
export const hostileJson: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      'null',
      'true',
      '0',
      '-0',
      '-1',
      '1.5',
      '1e400',
      '-1e400',
      '1e-400',
      '9007199254740993',
      '2147483648',
      '-2147483649',
    ],
    ...[
      '1e21',
      '0.1e1',
      '""',
      '" "',
      '"\\u0000"',
      '"a\\u0000b"',
      '"\\ud800"',
      '"\\udfff\\ud800"',
      '"\\u202e\\u2066"',
      '"\\ufeff"',
    ],
    ...[
      '"\\u0085\\u2028\\u2029"',
      '"<script>alert(1)</script>"',
      '"<b>"',
      '"<<b>b>"',
      '"%00"',
      '"\\\\u0000"',
      '"0"',
      '"5"',
      '"true"',
    ],
    ...[
      '"infinity"',
      '"-infinity"',
      '"now"',
      '"NaN"',
      '"2026-02-30T00:00:00Z"',
      '"99999-01-01T00:00:00Z"',
      '"2026-11-23T24:00:00Z"',
    ],
    ...[
      '[]',
      '{}',
      '[[]]',
      '[null]',
      '{"a":1}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{}}}',
      '{"toString":1}',
    ],
    ...[
      '{"":1}',
      '{"\\u0000":1}',
      '{"\\ud800":1}',
      '{"length":1e9}',
      '{"then":"x"}',
      '{"a":1,"a":2}',
      '{"toJSON":1}',
      '{"valueOf":null}',
    ],
    ...['"00000000-0000-0000-0000-000000000000"', '"ffffffff-ffff-ffff-ffff-ffffffffffff"', '"{}"', '"\' or 1=1 --"'],
  ),
  {
    weight: 1,
    arbitrary: fc.constantFrom(31, 32, 33, 40, 500, 5000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(31, 32, 33, 500).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  },
  fc.constantFrom(256, 257, 1025, 2001).map((length) => `"${'x'.repeat(length)}"`),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify(text)),
  fc
    .string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 8 })
    .map((text) => JSON.stringify(text)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  fc.double().map((number) => (Number.isFinite(number) ? String(number) : '1e999')),
);

/** The rarest, for they cost the most: as long and as wide as nobody writes. */
export const hugeJson: Arbitrary<string> = fc.constantFrom(
  ...[
    `"${'x'.repeat(100_001)}"`,
    `"${'\\u00e4'.repeat(100_000)}"`,
    `[${'0,'.repeat(10_000)}0]`,
    `[${'[],'.repeat(20_000)}0]`,
  ],
  `{${Array.from({ length: 1001 }, (_, n) => `"k${n}":0`).join()}}`,
  '1'.repeat(1000),
);
