import type pg from 'pg';
import { isOutdated } from './retry.ts';
import { type Result, type Statement, runOn } from './statement.ts';

/** Statements that one connection is given at a time: few, as each waits for those before it. */
const MAX_BATCH = 8;

type Run = (statement: Statement) => Promise<Result<Record<string, unknown>>>;

interface Waiting {
  readonly statement: Statement;
  readonly result: PromiseWithResolvers<Result<Record<string, unknown>>>;
}

/**
 * Runs statements outside of any transaction of ours: each is one of its own, and fails alone. Those that only read and
 * are asked for in the same turn of the event loop share a connection and go out one behind the other: waking up a
 * process for each statement costs more than most statements.
 */
export function runInBatches(connect: () => Promise<pg.PoolClient>): Run {
  let batch: Waiting[] | null = null;
  const batchFor = ({ onlyReads }: Statement): Waiting[] => {
    if (onlyReads === true && batch !== null && batch.length < MAX_BATCH) return batch;
    const begun: Waiting[] = [];
    if (onlyReads === true) batch = begun;
    setImmediate(() => {
      if (batch === begun) batch = null;
      void send(begun, connect);
    });
    return begun;
  };
  return (statement) => {
    const result = Promise.withResolvers<Result<Record<string, unknown>>>();
    batchFor(statement).push({ statement, result });
    return result.promise;
  };
}

async function send(batch: readonly Waiting[], connect: () => Promise<pg.PoolClient>): Promise<void> {
  let client: pg.PoolClient;
  try {
    client = await connect();
  } catch (error) {
    for (const { result } of batch) result.reject(error);
    return;
  }
  const outcomes = await Promise.allSettled(
    batch.map(({ statement, result }) => {
      const running = runOn(client, statement);
      running.then(result.resolve, result.reject);
      return running;
    }),
  );
  client.release(outcomes.some((outcome) => outcome.status === 'rejected' && isOutdated(outcome.reason)));
}
