import { expect } from 'chai';
import { array, mixed, number, object, string } from 'yup';
import { DomainError } from '../../core/shared/errors.ts';
import {
  id,
  line,
  optionalInteger,
  optionalIntegerOrNull,
  optionalLine,
  optionalMarkdown,
  optionalMoment,
  optionalOneOf,
  optionalOneOfOrNull,
  optionalText,
  optionalTexts,
  pageFields,
  secret,
} from './fields.ts';
import { checkParams, checked } from './guard.ts';

/** As lenient as a schema can be: what is refused here is refused by the guard itself. */
const anything = object({ any: mixed() });

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'validation_failed') {
      return error.details.map(({ field, message }) => `${field} ${message}`);
    }
    throw error;
  }
  return [];
}
const refused = (any: unknown) => faultsOf(() => checked(anything, { any }));

const schema = object({
  id: id(),
  line: line(),
  note: optionalLine(10),
  text: optionalMarkdown(),
  count: optionalInteger(1, 20),
  minutes: optionalIntegerOrNull(1, 1440),
  status: optionalOneOf(['planned', 'completed']),
  mood: optionalOneOfOrNull(['intense', 'mixed']),
  from: optionalMoment(),
  events: optionalTexts(),
  password: secret(1024),
  ...pageFields(),
}).noUnknown();

const right = {
  id: '0198a000-0000-7000-8000-000000000001',
  line: 'The Drowned Bell',
  password: 'Quiet Harbour 7',
};

describe('the guard of what comes in', () => {
  it('hands on what is right as it is', () => {
    const full = {
      ...{ ...right, note: 'ten of 10.', count: 20, minutes: null, mood: null, text: 'Þórr <b>\n', limit: 1 },
      ...{ from: '2026-11-23T19:00:00Z', events: ['One', 'two'], status: 'planned' },
    };
    for (const value of [right, full]) expect(checked(schema, value)).to.deep.equal(value);
    expect(checked(object(pageFields()).noUnknown(), {})).to.deep.equal({});
  });

  for (const [what, value] of [
    ['a field too many', { ...right, other: 1 }],
    ['a field that is missing', { id: right.id, password: 'x' }],
    ['an inherited field', Object.create(right)],
    ['a text that is too long', { ...right, note: 'x'.repeat(11) }],
    ['no text', { ...right, line: 5 }],
    ['an empty text', { ...right, line: '' }],
    ['a NUL', { ...right, text: 'a\0' }],
    ['half a character', { ...right, text: '\ud800' }],
    ['a number beyond its limit', { ...right, count: 21 }],
    ['a fraction', { ...right, count: 1.5 }],
    ['a number in a text', { ...right, count: '5' }],
    ['a zero with a sign', { ...right, count: -0 }],
    ['a value that is not listed', { ...right, status: 'lost' }],
    ['null where it means nothing', { ...right, status: null }],
    ['an id of another form', { ...right, id: right.id.replaceAll('-', '') }],
    ['a day that does not exist', { ...right, from: '2026-02-30T19:00:00Z' }],
    ['a list', [right]],
    ['nothing', null],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(faultsOf(() => checked(schema, value))).not.to.be.empty;
    });
  }

  it('hands on single lines cleaned', () => {
    expect(checked(schema, { ...right, line: ' <b>a</b> ', note: 'a\tb' })).to.deep.equal({
      ...right,
      line: 'a',
      note: 'a b',
    });
  });

  it('refuses keys that reach a prototype, at every depth, whatever the schema takes', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const text = `{"any":[{"deep":{"${key}":{"polluted":true}}}]}`;
      const value: unknown = JSON.parse(text);
      expect(faultsOf(() => checked(anything, value))).to.deep.equal([
        `any[0].deep.${key} is not a field that this takes`,
      ]);
    }
    expect({}).not.to.have.property('polluted');
    expect(refused({ constructors: 1, proto: 2 })).to.deep.equal([]);
  });

  it('refuses numbers that JSON can write and a double cannot hold', () => {
    for (const text of ['1e400', '-1e400', '9007199254740993', '-9007199254740993', '1e20']) {
      const value: unknown = JSON.parse(text);
      expect(refused([value])[0], text).to.include('any[0] must be a number from');
    }
    expect(refused(Number.NaN)).to.have.length(1);
    expect(refused([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1, 5e-324])).to.deep.equal([]);
  });

  it('refuses a fraction and what is too large where a whole number is meant', () => {
    const schema = object({ count: optionalInteger(0, Number.MAX_SAFE_INTEGER) });
    for (const count of [0.5, 2 ** 53, 1e21]) {
      expect(
        faultsOf(() => checked(schema, { count })),
        String(count),
      ).to.have.length(1);
    }
  });

  it('takes -0 for 0, also in a list', () => {
    const schema = object({ count: number(), list: array(number().defined()) });
    const { count, list } = checked(schema, { count: -0, list: [-0] });
    expect(Object.is(count, 0) && Object.is(list?.[0], 0)).to.equal(true);
  });

  it('takes 1,000 fields and 1,000 entries, and no more', () => {
    const fields = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0]));
    expect(refused(fields(1000))).to.deep.equal([]);
    expect(refused(fields(1001))).to.deep.equal(['any must not have more than 1000 fields']);
    expect(refused(Array.from({ length: 1000 }, () => 0))).to.deep.equal([]);
    expect(refused(Array.from({ length: 1001 }, () => 0))).to.deep.equal(['any must not have more than 1000 entries']);
  });

  it('takes a field whose name has 100 characters, and does not repeat a longer one', () => {
    expect(refused({ ['k'.repeat(100)]: 1 })).to.deep.equal([]);
    expect(refused({ ['k'.repeat(101)]: 1 })).to.deep.equal([
      'any must not have a field whose name is longer than 100 characters',
    ]);
  });

  it('takes 30 marks in a row, and no more, which would take long to put in order', () => {
    for (const marks of ['\u0301', '\u0316\u0301', '\u20dd', '\u{1d165}', '\u05b0\u093e']) {
      const stacked = (count: number): string => `a${Array.from(marks.repeat(count)).slice(0, count).join('')}b`;
      expect(refused([stacked(30), stacked(30).repeat(9)]), marks).to.deep.equal([]);
      expect(refused(['', stacked(31)]), marks).to.deep.equal([
        'any[1] must not have more than 30 marks in a row on one letter',
      ]);
      expect(refused({ [stacked(31)]: 1 })[0], marks).to.include('in a key');
    }
  });

  it('stops at the first 20 faults, and walks no list that is too long', () => {
    let tested = 0;
    const item = string().test('counted', 'is wrong', () => {
      tested += 1;
      return false;
    });
    const lists = object({ a: array(item).max(200), b: array(item).max(200), c: array(item).max(200) });
    const entries = (count: number): readonly string[] => Array.from({ length: count }, () => 'x');
    expect(faultsOf(() => checked(lists, { a: entries(200), b: entries(200) }))).to.have.length(20);
    expect(tested).to.equal(20);
    const tooLong = { a: entries(201), b: entries(1000), c: entries(2) };
    expect(faultsOf(() => checked(lists, tooLong))).to.deep.equal([
      'a must not have more than 200 entries',
      'b must not have more than 200 entries',
      'c[0] is wrong',
      'c[1] is wrong',
    ]);
    expect(tested).to.equal(22);
  });

  it('tells of the first 20 of 1,000 unknown fields, whatever their names', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k, ${index}`, 0]));
    const faults = faultsOf(() => checked(object({ known: string() }).noUnknown(), unknown));
    expect(faults).to.have.length(20);
    expect(faults[1]).to.equal('k, 1 is not a field that this takes');
  });

  it('takes 32 levels, and no more', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)]);
    expect(refused(nested(31))).to.deep.equal([]);
    expect(refused(nested(32))[0]).to.include('nested more than 32 levels');
  });

  it('refuses NUL and lone surrogates in values and in keys', () => {
    for (const text of ['a\0b', '\ud800', 'a\udc00', '\udc00\ud800']) {
      expect(refused({ deep: [text] })[0], text).to.match(/^any\.deep\[0\] must /);
      const [fault = ''] = refused({ [text]: 1 });
      expect(fault, text).to.match(/^any must .* in a key$/);
      expect(fault.isWellFormed() && !fault.includes('\0')).to.equal(true);
    }
    expect(refused({ '👩‍🚀': '👩‍🚀' })).to.deep.equal([]);
  });

  it('does not find what a free parameter of a path cannot name', () => {
    const params = object({ code: string().defined() });
    expect(checkParams(params, { code: 'été' })).to.deep.equal({ code: 'été' });
    for (const code of ['a\0', '\ud800', 5]) {
      expect(() => checkParams(params, { code }))
        .to.throw(DomainError)
        .with.property('code', 'not_found');
    }
  });

  it('strips what turns the direction of writing from single lines, and from nothing else', () => {
    const schema = object({ name: line(), note: optionalMarkdown() });
    for (const turn of '\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069') {
      const text = `a${turn}b`;
      expect(checked(schema, { name: text, note: text })).to.deep.equal({ name: 'ab', note: text });
    }
    expect(faultsOf(() => checked(schema, { name: '\u202E\u2069' }))).to.deep.equal(['name must not be empty']);
    expect(checked(schema, { name: 'שלום 👩\u200D🚀' })).to.include({ name: 'שלום 👩\u200D🚀' });
  });

  it('hands on texts in NFC, and never one letter for another', () => {
    const schema = object({ name: line(), note: optionalMarkdown(), texts: optionalTexts(), password: secret(100) });
    for (const [given, stored] of [
      ['e\u0301', '\u00e9'],
      ['\u212b', '\u00c5'],
      ['\u1112\u1161\u11ab', '\ud55c'],
      ['\u0bc6\u0bbe', '\u0bca'],
      ['\u03c9\u0345\u0342', '\u1ff7'],
      ['\ufb01', '\ufb01'],
      ['\uff21', '\uff21'],
      ['s\u0307\u0323', '\u1e69'],
    ] as const) {
      const sent = { name: given, note: `\n${given} `, texts: [given], password: given };
      const taken = { name: stored, note: `\n${stored} `, texts: [stored], password: given };
      expect(checked(schema, sent)).to.deep.equal(taken);
    }
  });

  it('reads ids in either case, in a path, a body and a list', () => {
    const schema = object({ id: id(), ids: array(id()).defined() });
    const upper = right.id.toUpperCase();
    const mixed = right.id.replace('a', 'A');
    const found = { id: right.id, ids: [right.id, right.id] };

    expect(checked(schema, { id: upper, ids: [mixed, upper] })).to.deep.equal(found);
    expect(checkParams(schema, { id: upper, ids: [mixed, upper] })).to.deep.equal(found);
  });

  it('counts what Unicode calls a character', () => {
    const schema = object({ name: line(), note: optionalText(4), password: secret(4) });
    const valid = { name: 'a', note: 'a', password: 'a' };
    for (const character of ['a', 'é', '漢', '🐉', '𝒳', '𐐷']) {
      const atMost = { name: character.repeat(255), note: character.repeat(4), password: character.repeat(4) };
      expect(checked(schema, atMost), character).to.deep.equal(atMost);
      for (const [field, value] of Object.entries(atMost)) {
        const longer = { ...valid, [field]: `${value}${character}` };
        expect(faultsOf(() => checked(schema, longer))[0], character).to.match(/^\w+ must not be longer than/);
      }
    }
    // Letters and the accents that they are written with apart are what they are together.
    expect(checked(schema, { ...valid, name: '\u03c9\u0314\u0342\u0345'.repeat(255) }).name).to.have.length(255);
  });

  it('refuses a name that shows nothing', () => {
    const schema = object({ name: line(), note: optionalMarkdown() });
    for (const nothing of [
      '\u200b',
      '\u00ad',
      '\u2060\ufeff',
      '\u115f\u1160',
      '\u3164',
      '\uffa0',
      '\u180e \u200d',
      '\u034f',
      '\ufe0f',
      '\u2800',
      '\u{e0041}\u{e007f}',
      '\u{e0100}',
      '\u{1d173}',
      '\ufff9',
      '\u3000\u200b\u3000',
    ]) {
      expect(
        faultsOf(() => checked(schema, { name: nothing })),
        JSON.stringify(nothing),
      ).to.deep.equal(['name must have something to see in it']);
      expect(checked(schema, { name: `${nothing}x`, note: nothing }).note).to.equal(nothing);
    }
  });
});
