import { expect } from 'chai';
import pg from 'pg';
import { parseTimestamp } from './type-parsers.ts';

const driver: { getTypeParser(oid: number, format: 'text'): (text: string) => unknown } = pg.types;
const asTheDriver = driver.getTypeParser(1184, 'text');

describe('a moment that PostgreSQL writes', () => {
  for (const text of [
    '2026-11-23 19:00:00+00',
    '2026-11-23 19:00:00.1+00',
    '2026-11-23 19:00:00.12+00',
    '2026-11-23 19:00:00.123+00',
    '2026-02-28 23:59:59.999+00',
    '2026-11-23 19:00:00.123456+00',
    '2026-11-23 19:00:00.999999+00',
    '1900-01-01 00:00:00+00',
    '9999-12-31 23:59:59.999+00',
    '0099-12-31 23:59:59+00',
    '12026-11-23 19:00:00+00',
    '2026-11-23 19:00:00.123+02',
    '2026-11-23 19:00:00+05:30',
    '0044-03-15 12:00:00+00 BC',
    'infinity',
    '-infinity',
  ]) {
    it(`is read as the driver reads it: ${text}`, () => {
      expect(parseTimestamp(text)).to.deep.equal(asTheDriver(text));
    });
  }
});
