import { expect } from 'chai';
import fc from 'fast-check';
import { type Schema, array, mixed, object, string } from 'yup';
import { cleaned } from './clean.ts';
import { findHazards } from './find-hazards.ts';
import {
  id,
  line,
  optionalInstant,
  optionalInteger,
  optionalIntegerOrNull,
  optionalLine,
  optionalMarkdown,
  optionalOneOf,
  optionalOneOfOrNull,
  optionalTexts,
  pageFields,
  secret,
} from './fields.ts';
import { isPlainly } from './quick-check.ts';

const fields = {
  id: id(),
  line: line(),
  note: optionalLine(10),
  text: optionalMarkdown(),
  count: optionalInteger(1, 20),
  minutes: optionalIntegerOrNull(1, 1440),
  status: optionalOneOf(['planned', 'completed']),
  mood: optionalOneOfOrNull(['intense', 'mixed']),
  from: optionalInstant(),
  events: optionalTexts(),
  password: secret(1024),
  ...pageFields(),
};
const schema = object(fields).noUnknown();

const right = {
  id: '0198a000-0000-7000-8000-000000000001',
  line: 'The Drowned Bell',
  password: 'Quiet Harbour 7',
};

/** What the guard does without this shortcut; undefined where it refuses. */
function atLength(of: Schema, value: unknown): unknown {
  if (findHazards(value).length > 0) return undefined;
  const clean = cleaned(of, value);
  return of.isValidSync(clean, { strict: true }) ? clean : undefined;
}

describe('the quick check of what comes in', () => {
  it('takes what is plainly right', () => {
    expect(isPlainly(schema, right)).to.equal(true);
    expect(
      isPlainly(schema, { ...right, count: 20, minutes: null, mood: null, text: 'Þórr <b>\n', limit: 1 }),
    ).to.equal(true);
    expect(isPlainly(object(pageFields()).noUnknown(), {})).to.equal(true);
  });

  for (const [what, value] of [
    ['a field too many', { ...right, other: 1 }],
    ['a field that is missing', { id: right.id, password: 'x' }],
    ['an inherited field', Object.create(right)],
    ['a text to clean', { ...right, line: ' a' }],
    ['a text with a tag', { ...right, line: '<b>a</b>' }],
    ['a text that is too long', { ...right, note: 'x'.repeat(11) }],
    ['no text', { ...right, line: 5 }],
    ['an empty text', { ...right, line: '' }],
    ['a NUL', { ...right, text: 'a\0' }],
    ['half a character', { ...right, text: '\ud800' }],
    ['a number beyond its limit', { ...right, count: 21 }],
    ['a fraction', { ...right, count: 1.5 }],
    ['a zero with a sign', { ...right, count: -0 }],
    ['a value that is not listed', { ...right, status: 'lost' }],
    ['null where it means nothing', { ...right, status: null }],
    ['an id of another form', { ...right, id: right.id.toUpperCase() }],
    ['a list', [right]],
    ['nothing', null],
  ] as const) {
    it(`leaves ${what} to the guard`, () => {
      expect(isPlainly(schema, value)).to.equal(false);
    });
  }

  it('leaves to the guard what it does not know', () => {
    for (const unknown of [mixed(), array(string()), string().email(), string().notOneOf(['a'])]) {
      expect(isPlainly(unknown, 'b')).to.equal(false);
    }
  });

  it('never takes what the guard refuses or changes', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '',
        ' ',
        '<',
        'a<b',
        '\u202e',
        right.id,
        'planned',
        'mixed',
        '2026-11-23T19:00:00Z',
        '2026-02-30T19:00:00Z',
      ),
      fc.integer({ min: -2, max: 1500 }),
      fc.double(),
      fc.constantFrom(null, undefined, true, [], {}, ['a'], -0, 2 ** 53),
    );
    const value = fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, odd])), { requiredKeys: [] });
    fc.assert(
      fc.property(value, fc.boolean(), (given, complete) => {
        const whole = complete ? { ...given, ...right } : given;
        for (const [name, field] of Object.entries<Schema>(fields)) {
          const part = Reflect.get(whole, name);
          if (isPlainly(field, part)) expect(atLength(field, part), name).to.deep.equal(part);
        }
        if (isPlainly(schema, whole)) expect(atLength(schema, whole)).to.deep.equal(whole);
      }),
      { numRuns: 3000 },
    );
  });
});
