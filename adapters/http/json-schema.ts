import { ObjectSchema, Schema } from 'yup';

/** The part of JSON Schema 2020-12, the dialect of OpenAPI 3.1, that our schemas need. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

interface Options {
  /**
   * What the schema is for. An object field that yup does not call required may be left out of a request, but is always
   * there in an answer: its type has a default.
   */
  readonly of: 'request' | 'answer';
  /** The reference to use in the place of a schema that is written down elsewhere. */
  readonly refer?: (schema: Schema) => string | undefined;
}

/** A yup schema as JSON Schema. @throws Error for what no operation uses: unions, tuples, dates, lazy and conditional schemas */
export function jsonSchema(schema: Schema, options: Options): JsonSchema {
  const { type, nullable, meta, oneOf, tests } = facts(schema);
  const own: JsonSchema = {
    ...(type !== 'mixed' && { type: nullable ? [type, 'null'] : type }),
    ...(meta?.description !== undefined && { description: meta.description }),
    ...(meta?.example !== undefined && { examples: [meta.example] }),
    ...(meta?.format !== undefined && { format: meta.format }),
    ...(oneOf.length > 0 && { enum: oneOf }),
  };
  switch (type) {
    case 'mixed':
    case 'boolean':
      return own;
    case 'string':
      return { ...own, ...limits(tests, 'minLength', 'maxLength'), ...patternOf(tests) };
    case 'number': {
      const number = tests.has('integer') ? 'integer' : 'number';
      return { ...own, type: nullable ? [number, 'null'] : number, ...limits(tests, 'minimum', 'maximum') };
    }
    case 'array':
      return { ...own, ...limits(tests, 'minItems', 'maxItems'), ...itemsOf(schema, options) };
    case 'object':
      return { ...own, ...fieldsOf(schema, options), ...(tests.has('noUnknown') && { additionalProperties: false }) };
    default:
      throw new Error(`No JSON Schema for yup's type "${type}".`);
  }
}

/** The fields of an object schema by name, and whether each is always there. */
export function fieldsByName(
  schema: Schema | undefined,
  of: Options['of'],
): readonly { readonly name: string; readonly field: Schema; readonly required: boolean }[] {
  if (!(schema instanceof ObjectSchema)) return [];
  return Object.entries(schema.fields).map(([name, field]: [string, unknown]) => {
    if (!isSchema(field)) throw new Error(`No JSON Schema for the field "${name}".`);
    const { type, optional } = facts(field);
    return { name, field, required: !optional || (of === 'answer' && type === 'object') };
  });
}

interface Facts {
  readonly type: string;
  readonly nullable: boolean;
  readonly optional: boolean;
  readonly oneOf: readonly unknown[];
  readonly meta: Schema['spec']['meta'];
  readonly tests: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

function facts(schema: Schema): Facts {
  const { nullable, optional, meta } = schema.spec;
  const described = schema.describe();
  const tests = 'tests' in described ? described.tests : [];
  return {
    type: schema.type,
    nullable,
    optional,
    meta,
    oneOf: 'oneOf' in described ? described.oneOf : [],
    tests: new Map(tests.map(({ name = '', params = {} }) => [name, params])),
  };
}

function limits(tests: Facts['tests'], least: keyof JsonSchema, most: keyof JsonSchema): JsonSchema {
  const exact: unknown = tests.get('length')?.length;
  const min: unknown = tests.get('min')?.min ?? exact;
  const max: unknown = tests.get('max')?.max ?? exact;
  return { ...(typeof min === 'number' && { [least]: min }), ...(typeof max === 'number' && { [most]: max }) };
}

function patternOf(tests: Facts['tests']): JsonSchema {
  const regex: unknown = tests.get('matches')?.regex;
  return regex instanceof RegExp ? { pattern: regex.source } : {};
}

function itemsOf(schema: Schema, options: Options): JsonSchema {
  const item: unknown = 'innerType' in schema ? schema.innerType : undefined;
  return isSchema(item) ? { items: referred(item, options) } : {};
}

function fieldsOf(schema: Schema, options: Options): JsonSchema {
  const fields = fieldsByName(schema, options.of);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    properties: Object.fromEntries(fields.map(({ name, field }) => [name, referred(field, options)])),
    ...(required.length > 0 && { required }),
  };
}

function referred(schema: Schema, options: Options): JsonSchema {
  const $ref = options.refer?.(schema);
  return $ref === undefined ? jsonSchema(schema, options) : { $ref };
}

/** yup's own `isSchema` takes lazy schemas for schemas. */
function isSchema(value: unknown): value is Schema {
  return value instanceof Schema;
}
