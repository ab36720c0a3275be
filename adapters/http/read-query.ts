import type { ParsedUrlQuery } from 'node:querystring';
import { NumberSchema, ObjectSchema, type Schema } from 'yup';
import { invalidField } from '../../core/shared/errors.ts';

const DIGITS = /^-?(?:0|[1-9]\d{0,14})$/;

/**
 * Reads what a query schema declares as a number from plain decimal digits: everything in a URL is text. What is not
 * such a number stays text, and the guard refuses it by its name.
 */
export function makeReadQuery(schema: Schema): (query: ParsedUrlQuery) => Readonly<Record<string, unknown>> {
  const numbers = new Set(numberFields(schema));
  return (query) =>
    Object.fromEntries(
      Object.entries(query).map(([name, value]) => {
        if (Array.isArray(value)) throw invalidField(name, 'must be given only once');
        return [name, numbers.has(name) && value !== undefined && DIGITS.test(value) ? Number(value) : value];
      }),
    );
}

function numberFields(schema: Schema): readonly string[] {
  if (!(schema instanceof ObjectSchema)) return [];
  return Object.entries(schema.fields)
    .filter(([, field]: [string, unknown]) => field instanceof NumberSchema)
    .map(([name]) => name);
}
