import { styleText } from 'node:util';
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
  return JSON.stringify({ time, level, event, ...fields });
}

function prettyLine({ time, level, event, fields }: Entry): string {
  const { message, ...others } = fields;
  const details = Object.entries(others)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => styleText('dim', `${name}=${plain(value)}`));
  const head = `${styleText('dim', time.slice(11, 19))} ${styleText(COLOURS[level], level.padEnd(5))}`;
  return [head, typeof message === 'string' ? plain(message) : event, ...details].join(' ');
}

/** Escape codes and line breaks in a value must not act on the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => JSON.stringify(character).slice(1, -1));
}
