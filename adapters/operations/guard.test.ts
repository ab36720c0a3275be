import { expect } from 'chai';
import { array, mixed, number, object, string } from 'yup';
import { DomainError } from '../../core/shared/errors.ts';
import { line, optionalInteger, optionalMarkdown } from './fields.ts';
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

describe('the guard of what comes in', () => {
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

  it('takes 1,000 fields and 10,000 entries, and no more', () => {
    const fields = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0]));
    expect(refused(fields(1000))).to.deep.equal([]);
    expect(refused(fields(1001))).to.deep.equal(['any must not have more than 1000 fields']);
    expect(refused(Array.from({ length: 10_000 }, () => 0))).to.deep.equal([]);
    expect(refused(Array.from({ length: 10_001 }, () => 0))).to.deep.equal([
      'any must not have more than 10000 entries',
    ]);
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

  it('does not normalise: what is written with other letters is another text', () => {
    const schema = object({ name: line() });
    for (const name of ['e\u0301', '\u00e9', '\ufb01', '\u212b', '\u00c5'])
      expect(checked(schema, { name })).to.deep.equal({ name });
  });
});
