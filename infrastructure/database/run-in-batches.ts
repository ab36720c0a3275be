import type pg from 'pg';
import { type Result, type Statement, StatementRun } from './statement-run.ts';
import { untilCurrent } from './until-current.ts';

/** Runs that one connection is given at a time: few, as each waits for those before it. */
const MAX_BATCH = 8;

/** Runs statements outside of any transaction of ours: each is one of its own. */
export interface Runs {
  /** By itself, on whichever connection of the pool is free. */
  alone(statement: Statement): Promise<Result>;
  /**
   * Together with those that are asked for in the same turn of the event loop: they share a connection and go out one
   * behind the other. Waking up a process for each statement costs more than most statements. For what only reads, and
   * waits for nothing.
   */
  batched(statement: Statement): Promise<Result>;
}

export function makeRuns(pool: pg.Pool): Runs {
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

  const run = (statement: Statement, start: (run: StatementRun) => void): Promise<Result> =>
    untilCurrent(pool.options.max, () => {
      const begun = new StatementRun([statement]);
      start(begun);
      return { done: onlyResult(begun), wasOutdated: () => begun.wasOutdated };
    });
  return {
    alone: (statement) => run(statement, (begun) => void send(pool, [begun])),
    batched: (statement) => run(statement, join),
  };
}

async function onlyResult(run: StatementRun): Promise<Result> {
  const [result] = await run.results;
  return result ?? { rows: [], count: 0 };
}

async function send(pool: pg.Pool, runs: readonly StatementRun[]): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    for (const run of runs) run.handleError(error);
    return;
  }
  const { stream } = client.connection;
  stream.cork();
  for (const run of runs) client.query(run);
  stream.uncork();
  await Promise.allSettled(runs.map(({ results }) => results));
  client.release();
}
