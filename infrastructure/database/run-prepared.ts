import type pg from 'pg';
import { type NamedStatement, type Row, StatementRun } from './statement-run.ts';

/** Statements that one connection is given at a time: few, as each waits for those before it. */
const MAX_BATCH = 8;

/**
 * Runs prepared statements on the pool's connections. Those that are asked for in one turn of the event loop share a
 * connection and go out in one write, one behind the other; PostgreSQL answers them as it would alone, each in its own
 * transaction. Waking up a process for each statement costs more than most statements.
 */
export function makePreparedRuns(pool: pg.Pool): (statement: NamedStatement) => Promise<readonly Row[]> {
  let batch: StatementRun[] | null = null;

  const join = (run: StatementRun): void => {
    if (batch === null || batch.length === MAX_BATCH) {
      const begun: StatementRun[] = [];
      batch = begun;
      setImmediate(() => {
        if (batch === begun) batch = null;
        void send(pool, begun);
      });
    }
    batch.push(run);
  };

  return async (statement) => {
    // In the end there is a new connection, which has nothing prepared.
    for (let triesLeft = pool.options.max; ; triesLeft -= 1) {
      const run = new StatementRun(statement);
      join(run);
      try {
        return await run.rows;
      } catch (error) {
        if (!run.wasOutdated || triesLeft === 0) throw error;
      }
    }
  };
}

async function send(pool: pg.Pool, runs: readonly StatementRun[]): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    for (const run of runs) run.handleError(error);
    return;
  }
  for (const run of runs) client.query(run);
  await Promise.allSettled(runs.map(({ rows }) => rows));
  // A connection forgets what it has prepared only when it ends.
  client.release(runs.some(({ leavesDoubt }) => leavesDoubt));
}
