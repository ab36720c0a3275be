import { NumberSchema, ObjectSchema, type Schema } from 'yup';
import { DomainError, invalidField } from '../../core/shared/errors.ts';

const DIGITS = /^-?(?:0|[1-9]\d{0,14})$/;
/** No list takes a third of these; Koa's own reader takes time by the square of their number. */
const MAX_PARAMETERS = 50;

/**
 * Reads what a query schema declares as a number from plain decimal digits: everything in a URL is text. What is not
 * such a number stays text, and the guard refuses it by its name.
 * @throws DomainError `validation_failed`
 */
export function makeReadQuery(schema: Schema): (query: string) => Readonly<Record<string, unknown>> {
  const numbers = numberFields(schema);
  return (query) => {
    const read = new Map<string, string | number>();
    for (const [name, value] of new URLSearchParams(query)) {
      if (read.has(name)) throw invalidField(name, 'must be given only once');
      read.set(name, numbers.has(name) && DIGITS.test(value) ? Number(value) : value);
      if (read.size > MAX_PARAMETERS) {
        const message = `The query must not have more than ${MAX_PARAMETERS} parameters.`;
        throw new DomainError('validation_failed', message, [{ field: '', message }]);
      }
    }
    return Object.fromEntries(read);
  };
}

function numberFields(schema: Schema): ReadonlySet<string> {
  const fields: readonly [string, unknown][] = schema instanceof ObjectSchema ? Object.entries(schema.fields) : [];
  return new Set(fields.filter(([, field]) => field instanceof NumberSchema).map(([name]) => name));
}
