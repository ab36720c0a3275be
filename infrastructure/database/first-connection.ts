import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/shared/errors.ts';
import type { Database } from './database.ts';
import { codesOf, isPassing } from './explain-fault.ts';

/** Milliseconds before each further try: a database that starts beside us, as in docker compose, gets its time. */
const BACKOFF = [1000, 2000, 4000] as const;

/**
 * Waits until the database answers. What no waiting mends is told at once.
 * @param place where it should be, for people; without the password
 * @throws DomainError `unavailable` that says what to do
 */
export async function firstConnection(
  database: Pick<Database, 'run'>,
  place: string,
  backoff: readonly number[] = BACKOFF,
): Promise<void> {
  for (const pause of [...backoff, null]) {
    try {
      await database.run({ text: 'select 1', values: [] });
      return;
    } catch (error) {
      if (pause === null || !isPassing(error) || String(error).includes(REFUSED_PARAMETER))
        throw explained(error, place);
      await sleep(pause);
    }
  }
}

/** What a connection pooler says that does not know what PostgreSQL does. */
const REFUSED_PARAMETER = 'unsupported startup parameter';

function explained(error: unknown, place: string): unknown {
  if (!(error instanceof Error)) return error;
  return new DomainError('unavailable', sentence(error, place), [], { cause: error });
}

function sentence(error: Error, place: string): string {
  const code = codesOf(error).find((each) => each !== '') ?? '';
  if (code === '3D000') return `${place} does not exist. Create it with createdb, or correct DATABASE_URL.`;
  if (code.startsWith('28') || error.message.startsWith('SASL')) {
    return `${place} refuses this user. Check the name and the password in DATABASE_URL.`;
  }
  if (code === '42501') return `${place} lets this user not connect. Grant it CONNECT, or correct DATABASE_URL.`;
  if (error.message.startsWith('The server does not support SSL')) {
    return `${place} does not offer TLS, which DATABASE_URL asks for. Switch ssl on there, or take sslmode out of it.`;
  }
  if (error.message.includes(REFUSED_PARAMETER)) {
    return (
      `${place} is behind PgBouncer, which refuses what PostgreSQL is asked for. Add to pgbouncer.ini: ` +
      'ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout. ' +
      'PgBouncer must be 1.21 or later, with max_prepared_statements = 200.'
    );
  }
  const why = code === '' ? 'it did not answer in time' : code;
  return `${place} cannot be reached (${why}). Check DATABASE_URL and that PostgreSQL runs; then try again.`;
}
