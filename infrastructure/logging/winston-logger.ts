import { inspect, styleText } from 'node:util';
import winston from 'winston';
import { type LogFields, type Logger } from '../../core/shared/logger.ts';

type Level = 'error' | 'warn' | 'info' | 'debug';

interface LoggerOptions {
  readonly level: Level;
  /** For people at a terminal; else one line of JSON an event. */
  readonly pretty: boolean;
  readonly stream: NodeJS.WritableStream;
}

interface Entry {
  readonly time: string;
  readonly level: Level;
  readonly event: string;
  readonly fields: LogFields;
}

const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

export function makeLogger({ level, pretty, stream }: LoggerOptions): Logger {
  const format = pretty ? prettyLine : jsonLine;
  const logger = winston.createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    // The line is made by the caller and stands in `message`: winston levels, queues and writes it.
    format: winston.format.printf(({ message }) => String(message)),
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
  logger.add(new winston.transports.Stream({ stream }));
  const write =
    (at: Level) =>
    (event: string, fields: LogFields = {}): void => {
      if (!logger.isLevelEnabled(at)) return;
      logger.log(at, format({ time: new Date().toISOString(), level: at, event, fields }));
    };
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

function jsonLine({ time, level, event, fields }: Entry): string {
  const own = { time, level, event };
  // First for the reader, and last so that no field takes their place.
  return json({ ...own, ...fields, ...own }) ?? JSON.stringify({ ...own, fields: inspect(fields) });
}

function prettyLine({ time, level, event, fields }: Entry): string {
  const { message, ...others } = fields;
  const details = Object.entries(others)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => styleText('dim', `${plain(name)}=${plain(value)}`));
  const head = `${styleText('dim', time.slice(11, 19))} ${styleText(COLOURS[level], level.padEnd(5))}`;
  return [head, plain(typeof message === 'string' ? message : event), ...details].join(' ');
}

/** Null for what JSON cannot say: to log something odd must not cost the request that does it. */
function json(value: unknown): string | null {
  try {
    // undefined for a function or a symbol, which the types keep to themselves
    const text: unknown = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

/** Escape codes, line breaks and invisible characters must not act on the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (json(value) ?? inspect(value));
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
