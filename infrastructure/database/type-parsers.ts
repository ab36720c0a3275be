import pg from 'pg';

type Parse = (text: string) => unknown;

/** As the driver has it; its own type speaks of the types that it knows only. */
const driver: { getTypeParser(oid: number, format: 'text'): Parse } = pg.types;
const TIMESTAMPTZ = 1184;
const readByDriver = driver.getTypeParser(TIMESTAMPTZ, 'text');

/** The driver's own, but for moments: every row has some, and it reads them by regular expressions. */
export const typeParsers = {
  getTypeParser: (oid: number): Parse => (oid === TIMESTAMPTZ ? parseTimestamp : driver.getTypeParser(oid, 'text')),
};

/** `2026-11-23 19:00:00.123+00`, as PostgreSQL writes it. What is not in UTC, or no plain year, the driver reads. */
export function parseTimestamp(text: string): unknown {
  // A year before 1000 Date.UTC would take for one of 1900 and after.
  const isPlain = text.endsWith('+00') && text.charAt(4) === '-' && text.length <= 29 && !text.startsWith('0');
  if (!isPlain) return readByDriver(text);
  const number = (from: number, to: number): number => {
    let value = 0;
    for (let at = from; at < to; at += 1) value = 10 * value + (text.charCodeAt(at) - 48);
    return value;
  };
  // PostgreSQL leaves out the last zeros.
  const digits = Math.min(3, Math.max(0, text.length - 23));
  const milliseconds = number(20, 20 + digits) * 10 ** (3 - digits);
  return new Date(
    Date.UTC(
      number(0, 4),
      number(5, 7) - 1,
      number(8, 10),
      number(11, 13),
      number(14, 16),
      number(17, 19),
      milliseconds,
    ),
  );
}
