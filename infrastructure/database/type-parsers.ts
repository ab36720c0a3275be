import pg from 'pg';

export type Parse = (text: string) => unknown;

/** As the driver has it; its own type speaks of the types that it knows only. */
const driver: { getTypeParser(oid: number, format: 'text'): Parse } = pg.types;
const TIMESTAMPTZ = 1184;
const pgTimestamp = driver.getTypeParser(TIMESTAMPTZ, 'text');

/** The driver's own parsers, but for moments: every row has some, and the driver reads them by regular expressions. */
export const typeParsers = {
  getTypeParser: (oid: number): Parse => (oid === TIMESTAMPTZ ? parseTimestamp : driver.getTypeParser(oid, 'text')),
};

/** A moment as PostgreSQL writes it: `2026-11-23 19:00:00.123+00`. What is not in UTC, or no plain year, the driver reads. */
export function parseTimestamp(text: string): unknown {
  // A year before 1000 Date.UTC would take for one of 1900 and after.
  const isPlain =
    text.endsWith('+00') &&
    !text.startsWith('0') &&
    text.charAt(4) === '-' &&
    text.charAt(10) === ' ' &&
    text.length <= 29;
  if (!isPlain) return pgTimestamp(text);
  return new Date(
    Date.UTC(
      100 * twoDigits(text, 0) + twoDigits(text, 2),
      twoDigits(text, 5) - 1,
      twoDigits(text, 8),
      twoDigits(text, 11),
      twoDigits(text, 14),
      twoDigits(text, 17),
      milliseconds(text),
    ),
  );
}

/** The first three digits after the dot, of which PostgreSQL leaves out the last zeros. */
function milliseconds(text: string): number {
  const digits = text.length - 23;
  if (digits <= 0) return 0;
  return 100 * digit(text, 20) + (digits > 1 ? 10 * digit(text, 21) : 0) + (digits > 2 ? digit(text, 22) : 0);
}

function twoDigits(text: string, at: number): number {
  return 10 * digit(text, at) + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}
