import type { Readiness } from '../../core/shared/readiness.ts';
import type { Database } from './database.ts';
import { isPending } from './migrations.ts';

/** Asks the database, and compares its migrations with the ones that this version knows. Never throws. */
export async function databaseReadiness(database: Database): Promise<Pick<Readiness, 'database' | 'migrations'>> {
  try {
    return { database: 'connected', migrations: (await isPending(database)) ? 'pending' : 'current' };
  } catch {
    return { database: 'away', migrations: 'unknown' };
  }
}
