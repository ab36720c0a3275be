import { type MaskSecrets, REDACTED, namesSecret } from './mask-secrets.ts';

const MAX_DEPTH = 8;
const MAX_WIDTH = 50;
/** Of all values in one line: a small graph of objects that name each other has endless paths. */
const MAX_VALUES = 1000;
const MAX_TEXT = 8192;
/** A secret is looked for beyond the cut, or its beginning would not be known for one. */
const OVERLAP = 2048;
/** Kept in memory. */
const MAX_NAMES = 1000;

/** Makes what anybody may log into plain data without secrets: bounded, and never a fault of its own. */
export function makeLoggable(maskSecrets: MaskSecrets): (fields: object) => Record<string, unknown> {
  const textOf = (text: string): string => {
    if (text.length <= MAX_TEXT) return maskSecrets(text);
    const kept = maskSecrets(text.slice(0, MAX_TEXT + OVERLAP)).slice(0, MAX_TEXT);
    return `${kept}… (${text.length} characters)`;
  };

  /** The names of fields are nearly always the same ones. */
  const names = new Map<string, string>();
  const nameOf = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const text = textOf(name);
    if (names.size < MAX_NAMES && name.length <= 64) names.set(name, text);
    return text;
  };

  /** `path` holds the objects around the value, by which a cycle is known. */
  const valueOf = (value: unknown, path: readonly object[], budget: { left: number }): unknown => {
    if (typeof value === 'string') return textOf(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null) return value;
    if (path.includes(value)) return '[circular]';
    if (path.length >= MAX_DEPTH) return '[too deep]';
    try {
      return objectOf(value, [...path, value], budget);
    } catch {
      return '[unreadable]';
    }
  };

  const objectOf = (value: object, path: readonly object[], budget: { left: number }): unknown => {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (value instanceof URL) return textOf(value.href);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
    if (value instanceof Error) return recordOf(errorFields(value), path, budget);
    if (Array.isArray(value)) return listOf(value, path, budget);
    return recordOf(Object.entries(value), path, budget);
  };

  const listOf = (list: readonly unknown[], path: readonly object[], budget: { left: number }): unknown[] => {
    const items: unknown[] = [];
    for (const item of list) {
      if (items.length === MAX_WIDTH || budget.left <= 0) return [...items, `… (${list.length} items)`];
      budget.left -= 1;
      items.push(valueOf(item, path, budget));
    }
    return items;
  };

  const recordOf = (
    entries: readonly (readonly [string, unknown])[],
    path: readonly object[],
    budget: { left: number },
  ): Record<string, unknown> => {
    const fields: [string, unknown][] = [];
    for (const [name, value] of entries) {
      if (value === undefined) continue;
      if (fields.length === MAX_WIDTH || budget.left <= 0) {
        fields.push(['…', `${entries.length} fields`]);
        break;
      }
      budget.left -= 1;
      const secret = value !== null && namesSecret(name);
      fields.push([nameOf(name), secret ? REDACTED : valueOf(value, path, budget)]);
    }
    // Not by assignment, for which `__proto__` is no name like others.
    return Object.fromEntries(fields);
  };

  return (fields) => {
    const plain = valueOf(fields, [], { left: MAX_VALUES });
    return typeof plain === 'object' && plain !== null ? { ...plain } : { fields: plain };
  };
}

/** Its other fields nobody vetted for the log. */
function errorFields(error: Error): [string, unknown][] {
  return [
    ['name', error.name],
    ['message', error.message],
    ['code', 'code' in error ? error.code : undefined],
    ['stack', error.stack],
    ['cause', error.cause],
    ['errors', error instanceof AggregateError ? error.errors : undefined],
  ];
}
