import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/shared/errors.ts';
import type { Database } from './database.ts';
import type { DatabasePlace } from './database-url.ts';
import { codesOf, isPassing } from './explain-fault.ts';

interface Patience {
  /** Milliseconds that one try may take: a pooler may take a connection and have none itself. */
  readonly tryMs: number;
  /** Milliseconds before each further try; none for one try. */
  readonly backoff: readonly number[];
  /** Hears of a wait, with its reason. */
  readonly waiting: (reason: string) => void;
}

/** A database that starts beside us, as in docker compose, gets its time. */
export const SERVER_BACKOFF = [1000, 2000, 4000] as const;
/** Whoever waits should know for what. */
const UNTOLD_MS = 1500;

/**
 * Waits until the database answers. What no waiting mends is told at once.
 * @throws DomainError `unavailable` that says what was tried and what to do
 */
export async function firstConnection(
  database: Pick<Database, 'run'>,
  place: DatabasePlace,
  { tryMs, backoff, waiting }: Patience,
): Promise<void> {
  for (const pause of [...backoff, null]) {
    const late = setTimeout(() => {
      waiting(`${place.name} has not answered yet.`);
    }, UNTOLD_MS);
    try {
      await withinTime(database.run({ text: 'select 1', values: [] }), tryMs);
      return;
    } catch (error) {
      const reason = error instanceof Error ? sentence(error, place) : String(error);
      if (pause === null || !isPassing(error) || String(error).includes(REFUSED_PARAMETER)) {
        throw new DomainError('unavailable', reason, [], { cause: error });
      }
      waiting(reason);
    } finally {
      clearTimeout(late);
    }
    await sleep(pause);
  }
}

/** What a connection pooler says that does not know what PostgreSQL does. */
const REFUSED_PARAMETER = 'unsupported startup parameter';

async function withinTime(answer: Promise<unknown>, milliseconds: number): Promise<void> {
  const answered = new AbortController();
  const late = sleep(milliseconds, null, { signal: answered.signal }).then(() => {
    throw new Error('timeout exceeded when trying to connect');
  });
  try {
    await Promise.race([answer, late]);
  } finally {
    answered.abort();
    late.catch(() => undefined);
  }
}

const NO_ANSWER = 'it did not answer in time';
const BROKEN_OFF = 'it broke the connection off: is it PostgreSQL, and does it want TLS?';
const NO_WAY = 'no network leads there';
const EXHAUSTED = 'this machine has no open files or ports left for it: close some programs, or raise "ulimit -n"';
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'there is no such socket',
  ENOTSOCK: 'that is no socket',
  EACCES: 'this user may not open its socket',
  EPERM: 'this user may not open its socket',
  ENOTFOUND: 'no host of that name is known',
  EAI_AGAIN: 'the name cannot be looked up just now',
  ETIMEDOUT: NO_ANSWER,
  ECONNRESET: BROKEN_OFF,
  EPIPE: BROKEN_OFF,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  EADDRNOTAVAIL: EXHAUSTED,
  EMFILE: EXHAUSTED,
  ENFILE: EXHAUSTED,
};

function sentence(error: Error, { name, advice }: DatabasePlace): string {
  const code = codesOf(error).find((each) => each !== '') ?? '';
  if (code === '3D000') return `${name}, does not exist. Create it with createdb, or correct DATABASE_URL.`;
  if (code.startsWith('28') || error.message.startsWith('SASL')) {
    return `${name}, refuses this user. Check the name and the password in DATABASE_URL.`;
  }
  if (code === '42501') return `${name}, lets this user not connect. Grant it CONNECT, or correct DATABASE_URL.`;
  if (error.message.startsWith('The server does not support SSL')) {
    return `${name}, does not offer TLS, which DATABASE_URL asks for. Switch ssl on there, or take sslmode out of it.`;
  }
  if (error.message.includes(REFUSED_PARAMETER)) {
    return (
      `${name}, is behind PgBouncer, which refuses what PostgreSQL is asked for. Add to pgbouncer.ini: ` +
      'ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout. ' +
      'PgBouncer must be 1.21 or later, with max_prepared_statements = 200.'
    );
  }
  if (/CERT|SIGNATURE|SELF_SIGNED/.test(code)) {
    return `${name}, shows a certificate that is not trusted (${code}). Name its authority by sslrootcert in DATABASE_URL.`;
  }
  const said = /timeout/i.test(error.message)
    ? NO_ANSWER
    : error.message.replace(/^Connection terminated.*/, BROKEN_OFF);
  const reason = REASONS[code] ?? said;
  return `${name}, cannot be reached: ${reason}${code === '' ? '' : ` (${code})`}. ${advice}`;
}
