import { type Command, CommanderError } from 'commander';
import { inspect } from 'node:util';
import { DomainError, type ErrorKind } from '../../core/shared/errors.ts';
import { optionFor } from './body-option.ts';
import { OutputError } from './output-error.ts';
import { lineText, proseText } from './terminal-text.ts';
import { UnsavedError } from './unsaved-error.ts';

interface Explanation {
  readonly exitCode: number;
  /** For stderr; null when it was told already. */
  readonly message: string | null;
}

const UNEXPECTED = 1;
const MISUSED = 2;
const UNAVAILABLE = 6;

const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  invalid: MISUSED,
  'not-found': 3,
  unauthenticated: 4,
  forbidden: 4,
  conflict: 5,
  stale: 5,
  unprocessable: MISUSED,
  limited: UNAVAILABLE,
  unavailable: UNAVAILABLE,
};

/**
 * What to say of an error, and with which code to exit. `command` is the one that ran, if it came to that. An error that
 * nobody has named is asked `explainFault`, which knows the database's.
 */
export function explainError(
  error: unknown,
  command: Command | null,
  explainFault: (error: unknown) => DomainError | null = () => null,
): Explanation {
  if (error instanceof CommanderError) {
    // Commander has printed it; its own codes are 0 for help that was asked for, else 1.
    return { exitCode: error.exitCode === 0 ? 0 : MISUSED, message: null };
  }
  if (error instanceof UnsavedError) {
    const { exitCode, message } = explainError(error.cause, command, explainFault);
    return { exitCode, message: `${message ?? ''}\n${proseText(error.message)}` };
  }
  if (error instanceof DomainError) {
    return { exitCode: EXIT_CODES[error.kind], message: lineText(sentenceOf(error, command)) };
  }
  if (error instanceof Error && (error.name === 'ConfigError' || error.name === 'EmbeddedDatabaseError')) {
    return { exitCode: error.name === 'ConfigError' ? MISUSED : UNAVAILABLE, message: proseText(error.message) };
  }
  if (error instanceof OutputError) return { exitCode: UNEXPECTED, message: error.message };
  const fault = explainFault(error);
  if (fault !== null) return explainError(fault, command, explainFault);
  if (isOutdated(error)) {
    return { exitCode: UNAVAILABLE, message: 'The database is not up to date. Migrate it: foundry migrate up' };
  }
  return { exitCode: UNEXPECTED, message: 'Something unexpected went wrong. Run it again with --verbose to see what.' };
}

/** The whole of an error, with its causes, for whoever asked by `--verbose`. */
export function causeOf(error: unknown): string {
  return proseText(inspect(error, { depth: 4 }));
}

/** Faults are told in the words of the command line: `--title must not be empty`. */
function sentenceOf({ message, details }: DomainError, command: Command | null): string {
  if (details.length === 0) return message;
  const faults = details.map(({ field, message: fault }) => {
    const [, name = field, rest = ''] = /^([^.[]+)(.*)$/s.exec(field) ?? [];
    const option = command === null ? null : optionFor(command, name);
    return `${option ?? name}${rest} ${fault}`.trim();
  });
  return `${faults.join('; ')}.`.replace(/([.?])\.$/, '$1');
}

/** Of a database that is older than the program, and ran on: no such table, no such column. */
const OUTDATED = new Set(['42P01', '42703']);

function isOutdated(error: unknown): boolean {
  return causes(error).some((each) => 'code' in each && OUTDATED.has(String(each.code)));
}

function causes(error: unknown, depth = 0): readonly Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...[...parts, error.cause].flatMap((each) => causes(each, depth + 1))];
}
