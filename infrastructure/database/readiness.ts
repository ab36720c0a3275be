import type { Readiness } from '../../core/shared/readiness.ts';
import type { Database } from './database.ts';
import { isPending } from './migrations.ts';

type DatabaseReadiness = Pick<Readiness, 'database' | 'migrations'>;

const AWAY: DatabaseReadiness = { database: 'away', migrations: 'unknown' };
/** Milliseconds. Whoever takes out a server that is not ready waits for a second or two, and takes none for no. */
const PATIENCE = 800;
/** After which nobody answers any more what was asked on a connection that may be lost: it is asked on another one. */
const LOST = 5000;

/**
 * Asks the database, and compares its migrations with the ones that this version knows. Never throws, and answers in
 * time also where the database does not. However many ask, the database is asked once at a time.
 */
export function makeDatabaseReadiness(database: Pick<Database, 'run'>): () => Promise<DatabaseReadiness> {
  let asked: { readonly at: number; readonly answer: Promise<DatabaseReadiness> } | null = null;
  return () => {
    if (asked === null || performance.now() - asked.at > LOST) {
      const mine = { at: performance.now(), answer: ask(database) };
      asked = mine;
      void mine.answer.then(() => {
        if (asked === mine) asked = null;
      });
    }
    return inTime(asked.answer);
  };
}

async function ask(database: Pick<Database, 'run'>): Promise<DatabaseReadiness> {
  try {
    return { database: 'connected', migrations: (await isPending(database)) ? 'pending' : 'current' };
  } catch {
    return AWAY;
  }
}

function inTime(answer: Promise<DatabaseReadiness>): Promise<DatabaseReadiness> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PATIENCE, AWAY);
    void answer.then((found) => {
      clearTimeout(late);
      resolve(found);
    });
  });
}
