import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/shared/errors.ts';

/** serialization_failure and deadlock_detected: PostgreSQL has rolled back, and asks for another try. */
const CONFLICTS = new Set(['40001', '40P01']);
/** Milliseconds at most before each further try; never the same for two that collided. */
const PAUSES = [25, 50, 100] as const;
const SHORTEST_PAUSE = 10;

/**
 * Runs a whole transaction again, three times at most, when it lost against another one. After anything else it is
 * unknown or pointless whether a second run would help, so anything else is thrown at once.
 */
export async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (const longest of PAUSES) {
    try {
      return await transaction();
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    await sleep(SHORTEST_PAUSE + Math.random() * (longest - SHORTEST_PAUSE));
  }
  return transaction();
}

/** Runs it again on another connection where it fails for what its connection had prepared before a migration. */
export async function retryOutdated<T>(connections: number, attempt: () => Promise<T>): Promise<T> {
  for (let triesLeft = connections; ; triesLeft -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutdated(error) || triesLeft === 0) throw error;
    }
  }
}

/** Whether the connection's idea of a statement is outdated: such a connection is not given back to the pool. */
export function isOutdated(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  // invalid_sql_statement_name: the run that was to prepare it failed. The other is "cached plan must not change result type".
  return error.code === '26000' || (error.code === '0A000' && error.message.includes('cached plan'));
}

/** MikroORM wraps what the driver threw, Kysely does not. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false;
  return ('code' in error && CONFLICTS.has(String(error.code))) || isConflict(error.cause);
}
