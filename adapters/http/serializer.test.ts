import { expect } from 'chai';
import { array, boolean, date, mixed, number, object, string, tuple } from 'yup';
import { shown } from '../operations/fields.ts';
import { listOf, nothing, view } from '../operations/response.ts';
import { jsonSchema } from './json-schema.ts';
import { makeSerializers } from './serializer.ts';

const inner = object({ name: shown.text(), note: shown.textOrNull() });
const schema = object({
  id: shown.id(),
  count: shown.count(),
  ratio: number().defined(),
  on: boolean().defined(),
  at: shown.instant(),
  until: shown.instantOrNull(),
  mood: shown.oneOfOrNull(['calm', 'wild']),
  secret: string().nullable().optional(),
  tags: shown.texts(),
  inner: inner.nullable().defined(),
  list: array(inner).defined(),
  whole: inner,
});
const whole = { name: 'n', note: null };
const full = {
  id: 'i',
  count: 1,
  ratio: 0.5,
  on: false,
  at: '2026-11-23T19:00:00.123Z',
  until: null,
  mood: null,
  tags: ['"quoted"', '', '\u2028', '😀'],
  inner: null,
  list: [{ name: '', note: 'x' }],
  whole,
};
const serialize = makeSerializers()(view({ schema, present: () => full }));

describe('the serializer', () => {
  it('writes what is declared exactly as JSON.stringify would', () => {
    expect(JSON.parse(serialize(full))).to.deep.equal(full);
    const secret = { ...full, secret: null, until: '2026-01-01T00:00:00.000Z', mood: 'calm', inner: whole };
    expect(JSON.parse(serialize(secret))).to.deep.equal(secret);
  });

  it('leaves out an optional field that is absent or undefined, and writes one that is null', () => {
    expect(JSON.parse(serialize({ ...full, secret: undefined }))).not.to.have.property('secret');
    expect(JSON.parse(serialize({ ...full, secret: null }))).to.have.property('secret', null);
  });

  it('drops what is not declared, at every depth', () => {
    const slip = { ...full, hash: 'leak', whole: { ...whole, hash: 'leak' }, list: [{ ...whole, hash: 'leak' }] };
    expect(serialize(slip)).not.to.include('leak');
  });

  it('writes a date as an instant', () => {
    const at = new Date('2026-11-23T19:00:00.123Z');
    expect(JSON.parse(serialize({ ...full, at }))).to.have.property('at', '2026-11-23T19:00:00.123Z');
  });

  it('rewrites neither a fraction where a whole number is declared nor a null where none should be', () => {
    expect(JSON.parse(serialize({ ...full, count: 1.5, id: null }))).to.include({ count: 1.5, id: null });
  });

  it('refuses a body without a field that must be there', () => {
    for (const field of ['id', 'at', 'whole', 'inner']) {
      const body = Object.fromEntries(Object.entries(full).filter(([name]) => name !== field));
      expect(() => serialize(body), field).to.throw(field);
    }
  });

  it('writes lists as bare arrays, and nothing where there is no body', () => {
    const serializerOf = makeSerializers();
    const item = view({ schema: inner, present: (each: { name: string; note: null }) => each });
    expect(serializerOf(listOf(item))([whole, { ...whole, hash: 'leak' }])).to.equal(JSON.stringify([whole, whole]));
    expect(serializerOf(listOf(item))([])).to.equal('[]');
    expect(serializerOf(nothing)(undefined)).to.equal('');
  });

  it('compiles a schema once', () => {
    const serializerOf = makeSerializers();
    const response = view({ schema, present: () => full });
    expect(serializerOf(response)).to.equal(serializerOf(view({ schema, present: () => full })));
    expect(serializerOf(response)).not.to.equal(serializerOf(listOf(response)));
  });
});

describe('jsonSchema', () => {
  it('tells types, null, limits, patterns and formats', () => {
    const fields = object({
      text: string()
        .min(1)
        .max(9)
        .matches(/^a+$/)
        .defined()
        .meta({ description: 'An a.', example: 'aa', format: 'as' }),
      code: string().length(4).nullable(),
      choice: string().nullable().oneOf(['a', 'b', null]),
      whole: number().integer().min(0).max(9).nullable().optional(),
      list: array(string().defined()).min(1).max(2).defined(),
      any: mixed(),
    }).noUnknown();
    expect(jsonSchema(fields, { of: 'request' })).to.deep.equal({
      type: 'object',
      properties: {
        text: {
          type: 'string',
          description: 'An a.',
          examples: ['aa'],
          format: 'as',
          minLength: 1,
          maxLength: 9,
          pattern: '^a+$',
        },
        code: { type: ['string', 'null'], minLength: 4, maxLength: 4 },
        choice: { type: ['string', 'null'], enum: ['a', 'b', null] },
        whole: { type: ['integer', 'null'], minimum: 0, maximum: 9 },
        list: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } },
        any: {},
      },
      required: ['text', 'list'],
      additionalProperties: false,
    });
  });

  it('requires an object in an answer, where its type has a default, but not in a request', () => {
    const fields = object({ inner: object({}) });
    expect(jsonSchema(fields, { of: 'answer' }).required).to.deep.equal(['inner']);
    expect(jsonSchema(fields, { of: 'request' }).required).to.equal(undefined);
  });

  it('refuses what it cannot tell', () => {
    expect(() => jsonSchema(date(), { of: 'request' })).to.throw('date');
    expect(() => jsonSchema(object({ pair: tuple([string(), string()]) }), { of: 'request' })).to.throw('tuple');
  });
});
