import type { Database } from './database.ts';
import { isPending } from './migrations.ts';

export interface DatabaseReadiness {
  readonly database: 'connected' | 'away';
  readonly migrations: 'current' | 'pending' | 'unknown';
}

/** Asks the database, and compares its migrations with the ones that this version knows. Never throws. */
export async function databaseReadiness(database: Database): Promise<DatabaseReadiness> {
  try {
    return { database: 'connected', migrations: (await isPending(database)) ? 'pending' : 'current' };
  } catch {
    return { database: 'away', migrations: 'unknown' };
  }
}
