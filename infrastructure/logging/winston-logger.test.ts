import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type LogFields } from '../../core/shared/logger.ts';
import { makeLogger } from './winston-logger.ts';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** A logger and what it has written. */
function makeCase({ level = 'debug', pretty = false }: { level?: (typeof LEVELS)[number]; pretty?: boolean } = {}) {
  const stream = new PassThrough({ encoding: 'utf8' });
  const logger = makeLogger({ level, pretty, stream });
  const text = (): string => {
    const read: unknown = stream.read();
    return typeof read === 'string' ? read : '';
  };
  return { logger, text };
}

function parse(line: string): unknown {
  return JSON.parse(line);
}

function without(entry: unknown, name: string): unknown {
  return Object.fromEntries(
    Object.entries(typeof entry === 'object' ? (entry ?? {}) : {}).filter(([key]) => key !== name),
  );
}

describe('the log', () => {
  it('is one line of JSON an event, with its time, its level and its fields', () => {
    const { logger, text } = makeCase();
    const before = new Date().toISOString();
    logger.warn('migrations_pending', { message: 'Two\nlines', count: 2, nested: { list: [1, null] } });
    const line = text();
    expect(line).to.match(/^[^\n]+\n$/);
    const entry = parse(line);
    expect(entry).to.deep.include({
      level: 'warn',
      event: 'migrations_pending',
      message: 'Two\nlines',
      count: 2,
      nested: { list: [1, null] },
    });
    expect(entry).to.have.property('time').that.is.a('string');
    const { time } = { time: '', ...(typeof entry === 'object' ? entry : {}) };
    expect(time >= before && time <= new Date().toISOString()).to.equal(true);
  });

  it('is written in the order of the events, each on its own line', () => {
    const { logger, text } = makeCase();
    for (let number = 0; number < 100; number += 1) logger.info('event', { number });
    const lines = text().trimEnd().split('\n');
    expect(
      lines
        .map(parse)
        .map((entry) => (typeof entry === 'object' && entry !== null && 'number' in entry ? entry.number : null)),
    ).to.deep.equal(Array.from({ length: 100 }, (_, number) => number));
  });

  for (const [index, level] of LEVELS.entries()) {
    it(`tells at the level ${level} what is as urgent or more, and nothing else`, () => {
      const { logger, text } = makeCase({ level });
      for (const each of LEVELS) logger[each](`an_${each}`);
      const told = text()
        .trimEnd()
        .split('\n')
        .map((line) => /"event":"an_(\w+)"/.exec(line)?.[1]);
      expect(told).to.deep.equal(LEVELS.slice(0, index + 1));
    });
  }

  it('does not let a value break out of its line', () => {
    const { logger, text } = makeCase();
    const fields: LogFields = { path: '/\n{"level":"error","event":"forged"}\r\n', 'key\n': '\u2028\u001b[31m\0' };
    logger.info('request', fields);
    const line = text();
    expect(line.trimEnd().split(/[\n\r\u001b\0]/)).to.have.length(1);
    expect(parse(line)).to.deep.include(fields);
  });

  it('keeps time, level and event its own, whatever the fields are called', () => {
    const { logger, text } = makeCase();
    logger.info('real', { time: 'never', level: 'error', event: 'forged', more: 1 });
    const entry = parse(text());
    expect(entry).to.include({ level: 'info', event: 'real', more: 1 });
    expect(entry).not.to.include({ time: 'never' });
  });

  it('has great numbers as texts, and leaves out what is no data', () => {
    const { logger, text } = makeCase();
    logger.info('odd', { big: 12n, nothing: undefined, call: () => 1, symbol: Symbol('odd'), after: 'kept' });
    expect(without(parse(text()), 'time')).to.deep.equal({ level: 'info', event: 'odd', big: '12', after: 'kept' });
  });

  it('survives what JSON cannot say', () => {
    const circle: Record<string, unknown> = { name: 'round' };
    circle.itself = circle;
    const angry = {
      toJSON: () => {
        throw new Error('not me');
      },
    };
    for (const pretty of [false, true]) {
      const { logger, text } = makeCase({ pretty });
      logger.error('odd', { circle, angry, call: () => 1, after: 'kept' });
      expect(text())
        .to.match(/^[^\n]+\n$/)
        .and.match(/odd.*round.*kept/);
    }
  });

  it('has no colours, and no other escape codes, in JSON', () => {
    const { logger, text } = makeCase();
    logger.error('plain', { message: 'text' });
    expect(text()).not.to.include('\u001b');
  });

  describe('for people', () => {
    it('has the time, the level, the message and the other fields on one line', () => {
      const { logger, text } = makeCase({ pretty: true });
      logger.info('server_ready', { message: 'Ready', url: 'http://127.0.0.1:3001', count: 2, list: ['a'] });
      expect(stripVTControlCharacters(text())).to.match(
        /^\d\d:\d\d:\d\d info {2}Ready url=http:\/\/127\.0\.0\.1:3001 count=2 list=\["a"\]\n$/,
      );
    });

    it('has the name of an event that has no message, and leaves out what is empty', () => {
      const { logger, text } = makeCase({ pretty: true });
      logger.warn('odd_event', { one: null, two: undefined, three: 0, four: false });
      expect(stripVTControlCharacters(text())).to.match(/^\d\d:\d\d:\d\d warn {2}odd_event three=0 four=false\n$/);
    });

    for (const [what, hostile] of Object.entries({
      'an escape code': '\u001b]0;owned\u0007\u001b[2J',
      'a code of the C1 set': '\u009b31m',
      'a line break': 'one\nforged line',
      'a carriage return': 'one\rforged',
      'a backspace': 'abc\b\b\b',
      'a change of the writing direction': '\u202egnp.exe\u2066',
      'a NUL': 'a\0b',
      'a separator of lines or paragraphs': 'a\u2028b\u2029c',
    })) {
      it(`shows ${what} instead of obeying it`, () => {
        for (const fields of [
          { message: hostile },
          { value: hostile },
          { nested: { list: [hostile] } },
          { [hostile]: 1 },
        ]) {
          const { logger, text } = makeCase({ pretty: true });
          logger.info('event', fields);
          const line = text();
          expect(line.endsWith('\n')).to.equal(true);
          // Our own colours, and what is left beside them.
          const shown = line.slice(0, -1).replaceAll(/\u001b\[\d+m/g, '');
          expect(shown, JSON.stringify(fields)).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      });
    }

    it('leaves letters of every script, and emoji, as they are', () => {
      const { logger, text } = makeCase({ pretty: true });
      logger.info('event', { message: 'Żółw 龍 дракон 🐉 "quoted" \\' });
      expect(text()).to.include('Żółw 龍 дракон 🐉 "quoted" \\');
    });
  });
});
