import { ObjectSchema, Schema } from 'yup';

type Check = (value: unknown) => boolean;

/** Printable ASCII without spaces at its ends and without `<`: cleaning a single line leaves it as it is. */
const CLEAN_LINE = /^[\x21-\x3b\x3d-\x7e](?:[\x20-\x3b\x3d-\x7e]*[\x21-\x3b\x3d-\x7e])?$/;

const known = new WeakMap<Schema, Check>();

/**
 * Whether a value is plainly what the schema takes, and needs no cleaning: true only where the guard would hand the value
 * on as it is. False means nothing; the guard then looks closely, and finds the words for what is wrong. Most requests are
 * right, and yup takes some ten times as long to find that out.
 */
export function isPlainly(schema: Schema, value: unknown): boolean {
  let check = known.get(schema);
  if (check === undefined) {
    check = compile(schema);
    known.set(schema, check);
  }
  return check(value);
}

function compile(schema: Schema): Check {
  const { nullable, optional } = schema.spec;
  const check = checkOf(schema);
  return (value) => {
    if (value === undefined) return optional;
    if (value === null) return nullable;
    return check(value);
  };
}

function checkOf(schema: Schema): Check {
  if (schema instanceof ObjectSchema) return objectCheck(Object.entries<unknown>({ ...schema.fields }));
  const rules = rulesOf(schema);
  if (rules === null) return () => false;
  const { tests, oneOf } = rules;
  const allowed = oneOf.length === 0 ? null : new Set(oneOf);
  const isAllowed: Check = (value) => allowed === null || allowed.has(value);
  if (schema.type === 'string') {
    const isText = textCheck(tests, schema.meta()?.singleLine === true);
    return (value) => typeof value === 'string' && isText(value) && isAllowed(value);
  }
  if (schema.type === 'number') {
    const isNumber = numberCheck(tests);
    return (value) => typeof value === 'number' && isNumber(value) && isAllowed(value);
  }
  return () => false;
}

function objectCheck(schemas: readonly (readonly [string, unknown])[]): Check {
  const fields = new Map<string, Check>();
  for (const [name, field] of schemas) {
    if (!isSchema(field)) return () => false;
    fields.set(name, compile(field));
  }
  const names = [...fields.keys()];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let count = 0;
    for (const name of names) {
      const isOwn = Object.hasOwn(value, name);
      if (isOwn) count += 1;
      if (fields.get(name)?.(isOwn ? Reflect.get(value, name) : undefined) !== true) return false;
    }
    // Any other field is for the guard to tell of.
    return Object.keys(value).length === count;
  };
}

/** No lazy schema, which says what it is only in the face of a value. */
function isSchema(value: unknown): value is Schema {
  return value instanceof Schema;
}

interface Rules {
  readonly tests: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly oneOf: readonly unknown[];
}

const KNOWN_TESTS = new Set(['min', 'max', 'matches', 'integer']);

/** Null where the schema has a test of its own, which nothing but yup can run. */
function rulesOf(schema: Schema): Rules | null {
  const described = schema.describe();
  const tests = 'tests' in described ? described.tests : [];
  if (tests.some(({ name = '' }) => !KNOWN_TESTS.has(name))) return null;
  if ('notOneOf' in described && described.notOneOf.length > 0) return null;
  return {
    tests: new Map(tests.map(({ name = '', params = {} }) => [name, params])),
    oneOf: 'oneOf' in described ? described.oneOf : [],
  };
}

function textCheck(tests: Rules['tests'], singleLine: boolean): (text: string) => boolean {
  const least = limitOf(tests, 'min', -Infinity);
  const most = limitOf(tests, 'max', Infinity);
  const regex = tests.get('matches')?.regex;
  const pattern = regex instanceof RegExp ? regex : null;
  if (tests.has('matches') && (pattern === null || pattern.global || pattern.sticky)) return () => false;
  return (text) =>
    text.length >= least &&
    text.length <= most &&
    (pattern === null || pattern.test(text)) &&
    (singleLine ? CLEAN_LINE.test(text) : !text.includes('\0') && text.isWellFormed());
}

function numberCheck(tests: Rules['tests']): (number: number) => boolean {
  const least = limitOf(tests, 'min', -Infinity);
  const most = limitOf(tests, 'max', Infinity);
  const whole = tests.has('integer');
  return (number) =>
    Math.abs(number) <= Number.MAX_SAFE_INTEGER &&
    !Object.is(number, -0) &&
    number >= least &&
    number <= most &&
    (!whole || Number.isInteger(number));
}

function limitOf(tests: Rules['tests'], name: 'min' | 'max', none: number): number {
  const limit = tests.get(name)?.[name];
  return typeof limit === 'number' ? limit : none;
}
