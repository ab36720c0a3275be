import { DomainError } from '../../core/shared/errors.ts';

/**
 * SQLSTATEs (PostgreSQL's documentation, appendix A) of a database that is away, is going, is full, or took too long:
 * the same request may well succeed a moment later.
 */
const PASSING = /^(?:08...|25006|25P03|40001|40P01|53...|55P03|57014|57P0[1-5])$/;
/** The same, as the operating system tells it of a socket. */
const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
]);
/** The same, where it is this machine that lacks something. */
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS']);
/** Of files, of programs and of our own door the system tells by the same codes. */
const OF_SOCKETS = new Set(['connect', 'read', 'write', 'getaddrinfo', '']);
/** Those of the passing ones that say more than that. */
const SENTENCES: Readonly<Record<string, string>> = {
  '53100': 'The disk of the database is full. Ask whoever runs it to free some space, then try again.',
  '25006': 'The database lets itself only be read just now. Try again in a moment.',
};
/** The same, where the driver gives no code (pg 8.23). */
const WORDS =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client was closed|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** Data exceptions and exceeded limits: a value that our guards let through and PostgreSQL cannot take. */
const REFUSED = /^(?:22|54)...$/;

/**
 * What the database's error means to the caller: `unavailable` for a fault that will pass, `validation_failed` for a value
 * that was refused; null for any other error. `alert` hears the SQLSTATE of a value refused, which a guard of ours should
 * have refused before the database did.
 */
export function explainFault(error: unknown, alert: (sqlState: string) => void): DomainError | null {
  const codes = codesOf(error);
  if (isPassing(error)) {
    const sentence = codes.some((code) => EXHAUSTED.has(code))
      ? 'This machine is short of open files or connections. Try again in a moment.'
      : codes.map((code) => SENTENCES[code]).find((each) => each !== undefined);
    return new DomainError(
      'unavailable',
      sentence ?? 'The database does not answer just now. Try again in a moment.',
      [],
      { cause: error },
    );
  }
  const sqlState = codes.find((code) => REFUSED.test(code));
  if (sqlState === undefined) return null;
  alert(sqlState);
  return new DomainError(
    'validation_failed',
    'This carries a value that cannot be stored. Check its lengths, numbers and characters.',
    [],
    { cause: error },
  );
}

/** Whether the same may well succeed a moment later. MikroORM wraps what the driver threw, so the causes count too. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false;
  const code = 'code' in error ? String(error.code) : '';
  const syscall = 'syscall' in error ? String(error.syscall) : '';
  const isOfSocket = OF_SOCKETS.has(syscall) && (UNREACHABLE.has(code) || EXHAUSTED.has(code));
  return PASSING.test(code) || isOfSocket || WORDS.test(error.message) || isPassing(error.cause);
}

/** An error's code and those of its causes. */
export function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error instanceof DomainError) return [];
  return ['code' in error ? String(error.code) : '', ...codesOf(error.cause)];
}
