import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/shared/errors.ts';

/** serialization_failure and deadlock_detected: PostgreSQL has rolled back, and asks for another try. */
const CONFLICTS = new Set(['40001', '40P01']);
const MAX_RETRIES = 3;
const SHORTEST_MS = 10;
const LONGEST_MS = 100;

/**
 * Runs a whole transaction again, three times at most, when it lost against another one. After anything else it is
 * unknown or pointless whether a second run would help, so anything else is thrown at once.
 */
export async function retryConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (retries === MAX_RETRIES || !isConflict(error)) throw error;
    }
    await sleep(pauseMs(retries));
  }
}

/** Longer each time, and never the same for two that collided: 10–25, 10–50, 10–100 ms. */
function pauseMs(retries: number): number {
  const ceiling = LONGEST_MS / 2 ** (MAX_RETRIES - 1 - retries);
  return SHORTEST_MS + Math.random() * (ceiling - SHORTEST_MS);
}

/** MikroORM wraps what the driver threw, Kysely does not. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DomainError) return false;
  return ('code' in error && CONFLICTS.has(String(error.code))) || isConflict(error.cause);
}
