import { DomainError } from '../../core/shared/errors.ts';

/**
 * SQLSTATEs (PostgreSQL's documentation, appendix A) of a database that is away, is going, is full, or took too long:
 * the same request may well succeed a moment later.
 */
const PASSING = /^(?:08...|25P03|40001|40P01|53...|55P03|57014|57P0[1-5])$/;
/** The same, as the operating system tells it. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT']);
/** The same, where the driver gives no code (pg 8.23). */
const WORDS =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client was closed|driver has already been destroyed)/;

/** Runs `work`, and tells a fault that will pass by the domain's name for it. @throws DomainError `unavailable` */
export async function tellingFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw new DomainError('unavailable', 'The database does not answer just now. Try again in a moment.', [], {
      cause: error,
    });
  }
}

/** MikroORM wraps what the driver threw, so the causes count too. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false;
  const code = 'code' in error ? String(error.code) : '';
  return PASSING.test(code) || UNREACHABLE.has(code) || WORDS.test(error.message) || isPassing(error.cause);
}
