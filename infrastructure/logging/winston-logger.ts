import { styleText } from 'node:util';
import winston from 'winston';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { makeLineBatches } from './line-batches.ts';
import { makeLoggable } from './loggable.ts';
import { makeMaskSecrets } from './mask-secrets.ts';
import { makePlainJson } from './plain-json.ts';

type Level = 'error' | 'warn' | 'info' | 'debug';

interface LoggerOptions {
  readonly level: Level;
  /** For people at a terminal; else one line of JSON an event. */
  readonly pretty: boolean;
  readonly stream: NodeJS.WritableStream;
  /** Whether what is logged in one turn of the event loop is written at its end, in one piece. */
  readonly batched?: boolean;
  /** What must not be written wherever it turns up, besides what looks like a secret. */
  readonly secrets?: readonly string[];
}

interface FlushableLogger extends Logger {
  /** Writes what waits for the end of this turn. */
  flush(): void;
}

interface Entry {
  readonly time: string;
  readonly level: Level;
  readonly event: string;
  readonly fields: LogFields;
}

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 } as const;
const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

export function makeLogger({ level, pretty, stream, batched = false, secrets = [] }: LoggerOptions): FlushableLogger {
  const maskSecrets = makeMaskSecrets(secrets);
  const loggable = makeLoggable(maskSecrets);
  const plainJson = makePlainJson(maskSecrets);
  const lineOf = (at: Level, event: string, fields: LogFields): string => {
    const time = timeNow();
    if (pretty) return prettyLine({ time, level: at, event, fields: loggable(fields) });
    const json = plainJson(fields);
    // An event's name is a word of ours.
    if (json !== null) return `{"time":"${time}","level":"${at}","event":"${event}"${json}}`;
    return jsonLine({ time, level: at, event, fields: loggable(fields) });
  };
  const logger = winston.createLogger({
    level,
    levels: LEVELS,
    // The line is made by the caller and stands in `message`: winston queues and writes it.
    format: winston.format.printf(({ message }) => String(message)),
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
  logger.add(new winston.transports.Stream({ stream }));
  const writeLine = (line: string): void => {
    // Whether it is grave enough was asked before; a batch has lines of all levels.
    logger.log('error', line);
  };
  const batches = makeLineBatches(writeLine);
  const add = batched ? batches.add : writeLine;
  const write =
    (at: Level) =>
    (event: string, fields: LogFields = {}): void => {
      if (LEVELS[at] > LEVELS[level]) return;
      add(lineOf(at, event, fields));
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    flush: batches.flush,
  };
}

let lastTime = { ms: 0, text: '' };

/** Most lines are of the same millisecond as the one before. */
function timeNow(): string {
  const ms = Date.now();
  if (ms !== lastTime.ms) lastTime = { ms, text: new Date(ms).toISOString() };
  return lastTime.text;
}

function jsonLine({ time, level, event, fields }: Entry): string {
  const head = { time, level, event };
  // JSON has escaped what it must; what acts on a terminal or on a reader's eye stands inside texts only.
  return escaped(JSON.stringify({ ...head, ...fields, ...head }));
}

function prettyLine({ time, level, event, fields }: Entry): string {
  const { message, ...others } = fields;
  const details = Object.entries(others)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => styleText('dim', `${escaped(name)}=${plain(value)}`));
  const head = `${styleText('dim', time.slice(11, 19))} ${styleText(COLOURS[level], level.padEnd(5))}`;
  return [head, typeof message === 'string' ? plain(message) : event, ...details].join(' ');
}

function plain(value: unknown): string {
  return escaped(typeof value === 'string' ? value : JSON.stringify(value));
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Control and format characters: line breaks that forge lines, escape codes, marks that turn the writing round. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(ACTING, (character) =>
    Array.from({ length: character.length }, (_, index) => codeOf(character.charCodeAt(index))).join(''),
  );
}

function codeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
