import type { FieldFault } from '../../core/shared/errors.ts';
import { hasStackedMarks } from './has-stacked-marks.ts';

export const MAX_DEPTH = 32;
const MAX_KEYS = 1000;
/** The longest list of any schema has 200. */
const MAX_ENTRIES = 1000;
const MAX_KEY = 100;
/** UTF-16 units: the longest text of any schema has 100,000 characters. */
const MAX_TEXT = 200_000;

/** Keys by which a careless copy would reach the prototype of every object. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * What no field of any schema may hold, whatever the schema says: PostgreSQL stores no NUL and no lone surrogate, a
 * number beyond 2^53 is not the one that was sent, and nobody nests this deep or lists this much in good faith.
 */
export function findHazards(value: unknown, path = '', depth = 1): readonly FieldFault[] {
  if (typeof value === 'string') return fault(path, textHazard(value));
  if (typeof value === 'number') return fault(path, numberHazard(value));
  if (typeof value !== 'object' || value === null) return [];
  if (depth > MAX_DEPTH) return fault(path, `must not be nested more than ${MAX_DEPTH} levels deep`);
  return Array.isArray(value) ? arrayHazards(value, path, depth) : objectHazards(value, path, depth);
}

function textHazard(text: string): string | null {
  if (text.length > MAX_TEXT) return `must not be longer than ${MAX_TEXT / 2} characters`;
  if (text.includes('\0')) return 'must not contain a NUL character';
  if (!text.isWellFormed()) return 'must be well-formed Unicode';
  return hasStackedMarks(text) ? 'must not have more than 30 marks in a row on one letter' : null;
}

function numberHazard(number: number): string | null {
  const limit = Number.MAX_SAFE_INTEGER;
  return Math.abs(number) <= limit ? null : `must be a number from -${limit} to ${limit}`;
}

function arrayHazards(list: readonly unknown[], path: string, depth: number): readonly FieldFault[] {
  if (list.length > MAX_ENTRIES) return fault(path, `must not have more than ${MAX_ENTRIES} entries`);
  return firstOf(list.entries(), ([index, child]) => findHazards(child, `${path}[${index}]`, depth + 1));
}

function objectHazards(value: object, path: string, depth: number): readonly FieldFault[] {
  const entries: readonly [string, unknown][] = Object.entries(value);
  if (entries.length > MAX_KEYS) return fault(path, `must not have more than ${MAX_KEYS} fields`);
  const poisoned = entries.filter(([key]) => POISON.has(key));
  if (poisoned.length > 0) {
    return poisoned.map(([key]) => ({ field: fieldPath(path, key), message: 'is not a field that this takes' }));
  }
  return firstOf(entries, ([key, child]) => {
    if (key.length > MAX_KEY)
      return fault(path, `must not have a field whose name is longer than ${MAX_KEY} characters`);
    const hazard = textHazard(key);
    // The key itself cannot be told: what is wrong with it would be wrong with the answer.
    return hazard === null ? findHazards(child, fieldPath(path, key), depth + 1) : fault(path, `${hazard} in a key`);
  });
}

export function fieldPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => readonly FieldFault[]): readonly FieldFault[] {
  for (const item of items) {
    const faults = find(item);
    if (faults.length > 0) return faults;
  }
  return [];
}

function fault(field: string, message: string | null): readonly FieldFault[] {
  return message === null ? [] : [{ field, message }];
}
