import { styleText } from 'node:util';
import winston from 'winston';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { makeLoggable } from './loggable.ts';
import { makeMaskSecrets } from './mask-secrets.ts';

type Level = 'error' | 'warn' | 'info' | 'debug';

interface LoggerOptions {
  readonly level: Level;
  /** For people at a terminal; else one line of JSON an event. */
  readonly pretty: boolean;
  readonly stream: NodeJS.WritableStream;
  /** What must not be written wherever it turns up, besides what looks like a secret. */
  readonly secrets?: readonly string[];
}

type Info = winston.Logform.TransformableInfo;

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 } as const satisfies Record<Level, number>;
const COLOURS = new Map<string, 'red' | 'yellow' | 'green'>([
  ['error', 'red'],
  ['warn', 'yellow'],
  ['info', 'green'],
]);

/** Winston's logger: an entry is masked, then made into a line, then written. */
export function makeLogger({ level, pretty, stream, secrets = [] }: LoggerOptions): Logger {
  const logger = winston.createLogger({
    level,
    levels: LEVELS,
    format: winston.format.combine(masked(secrets), winston.format.printf(pretty ? prettyLine : jsonLine)),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
    transports: new winston.transports.Stream({ stream }),
  });
  const write =
    (at: Level) =>
    (event: string, fields: LogFields = {}): void => {
      // Winston asks its transports only once the line is made.
      if (logger.isLevelEnabled(at)) logger.log({ level: at, message: event, fields });
    };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
  };
}

/** Nothing after this sees a secret, or anything but plain data. */
function masked(secrets: readonly string[]): winston.Logform.Format {
  const loggable = makeLoggable(makeMaskSecrets(secrets));
  return winston.format((info) => ({
    ...info,
    time: new Date().toISOString(),
    fields: loggable(fieldsOf(info)),
  }))();
}

/** Those beside what winston has in an entry, so that none can pass for it. */
function fieldsOf({ fields }: Info): object {
  return typeof fields === 'object' && fields !== null ? fields : {};
}

function jsonLine(info: Info): string {
  const head = { time: info.time, level: info.level, event: info.message };
  // JSON has escaped what it must; what acts on a terminal or on a reader's eye stands inside texts only.
  return escaped(JSON.stringify({ ...head, ...fieldsOf(info), ...head }));
}

function prettyLine(info: Info): string {
  const { message, ...others }: Readonly<Record<string, unknown>> = { ...fieldsOf(info) };
  const details = Object.entries(others)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => styleText('dim', `${escaped(name)}=${plain(value)}`));
  const time = styleText('dim', String(info.time).slice(11, 19));
  const level = styleText(COLOURS.get(info.level) ?? 'gray', info.level.padEnd(5));
  return [time, level, plain(typeof message === 'string' ? message : info.message), ...details].join(' ');
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
