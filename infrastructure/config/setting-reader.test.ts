import { expect } from 'chai';
import { ConfigError } from './config-error.ts';
import { type SettingReader, makeSettingReader } from './setting-reader.ts';

/** What `finish` says of the settings that `read` reads; empty when it says nothing. */
function faultsOf(env: Readonly<Record<string, string>>, read: (reader: SettingReader) => unknown): string {
  const reader = makeSettingReader(env);
  read(reader);
  try {
    reader.finish();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

const one = 'The configuration is not usable: ';

describe('reading a setting', () => {
  it('trims a text, and takes an empty one for none', () => {
    const { text } = makeSettingReader({ HOST: ' 0.0.0.0\t', EMPTY: '', BLANK: '  ' });
    expect([text('HOST'), text('EMPTY'), text('BLANK'), text('MISSING')]).to.deep.equal(['0.0.0.0', null, null, null]);
  });

  it('takes whole numbers from the least to the greatest, and the default for none', () => {
    const { integer, finish } = makeSettingReader({ LEAST: '1', GREATEST: '65535', PADDED: ' 007 ', EMPTY: '' });
    expect(
      ['LEAST', 'GREATEST', 'PADDED', 'EMPTY', 'MISSING'].map((name) => integer(name, 3001, 1, 65_535)),
    ).to.deep.equal([1, 65_535, 7, 3001, 3001]);
    finish();
  });

  for (const value of ['0', '65536', '-1', '+5', '1.5', '5.', '1e3', '0x10', '5 6', 'five', 'NaN', '9999999999', '٣']) {
    it(`refuses as a number from 1 to 65535: ${value}`, () => {
      expect(faultsOf({ PORT: value }, (read) => read.integer('PORT', 3001, 1, 65_535))).to.equal(
        `${one}PORT must be a whole number from 1 to 65535, not "${value}".`,
      );
    });
  }

  it('takes one of the values that there are, or says which they are', () => {
    const levels = ['error', 'info'] as const;
    const { oneOf, finish } = makeSettingReader({ GIVEN: 'error', EMPTY: ' ' });
    expect([oneOf('GIVEN', levels, 'info'), oneOf('EMPTY', levels, 'info')]).to.deep.equal(['error', 'info']);
    finish();
    for (const value of ['Error', 'verbose', 'constructor']) {
      expect(faultsOf({ LOG_LEVEL: value }, (read) => read.oneOf('LOG_LEVEL', levels, 'info'))).to.equal(
        `${one}LOG_LEVEL must be one of error, info, not "${value}".`,
      );
    }
  });

  it('takes a flag in the usual spellings, and no other', () => {
    const { flag, finish } = makeSettingReader({
      A: 'true',
      B: 'on',
      C: '1',
      D: 'yes',
      E: 'false',
      F: 'off',
      G: '0',
      H: 'no',
    });
    expect(['A', 'B', 'C', 'D'].map((name) => flag(name, false))).to.deep.equal([true, true, true, true]);
    expect(['E', 'F', 'G', 'H'].map((name) => flag(name, true))).to.deep.equal([false, false, false, false]);
    expect([flag('MISSING', true), flag('MISSING', false)]).to.deep.equal([true, false]);
    finish();
    expect(faultsOf({ FLAG: 'maybe' }, (read) => read.flag('FLAG', true))).to.equal(
      `${one}FLAG must be true or false, not "maybe".`,
    );
  });

  it('takes times in seconds, minutes, hours and days', () => {
    const { duration, finish } = makeSettingReader({ S: '90s', M: '15m', H: '12h', D: '30d' });
    expect(['S', 'M', 'H', 'D', 'MISSING'].map((name) => duration(name, '1m'))).to.deep.equal([
      90_000, 900_000, 43_200_000, 2_592_000_000, 60_000,
    ]);
    finish();
  });

  for (const value of ['15', 'm', '0m', '-5m', '1.5h', '15M', '15 m', '1w', '9999999d', '15m15s']) {
    it(`refuses as a time: ${value}`, () => {
      expect(faultsOf({ JWT_EXPIRY: value }, (read) => read.duration('JWT_EXPIRY', '15m'))).to.equal(
        `${one}JWT_EXPIRY must be a time such as 15m, 12h or 30d, not "${value}".`,
      );
    });
  }

  it('splits a list at its commas, without blanks and without empty entries', () => {
    const { list } = makeSettingReader({ GIVEN: ' a , b,,c ,', COMMAS: ' , ', EMPTY: '' });
    expect([list('GIVEN'), list('COMMAS'), list('EMPTY'), list('MISSING')]).to.deep.equal([
      ['a', 'b', 'c'],
      [],
      [],
      [],
    ]);
  });

  it('reports all faults at once, each on a line of its own', () => {
    expect(
      faultsOf({ PORT: 'x', FLAG: 'x' }, (read) => {
        read.integer('PORT', 1, 0, 9);
        read.flag('FLAG', true);
        read.fault('And another.');
      }),
    ).to.equal(
      'The configuration is not usable:\n' +
        '  PORT must be a whole number from 0 to 9, not "x".\n' +
        '  FLAG must be true or false, not "x".\n' +
        '  And another.',
    );
  });
});
