import type pg from 'pg';

/** A statement under the name by which a connection knows it once it has prepared it. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs it on any free connection of the pool. */
export async function runPrepared<R>(pool: pg.Pool, { name, text, values }: NamedStatement): Promise<readonly R[]> {
  // In the end there is a new connection, which has nothing prepared.
  for (let triesLeft = pool.options.max; ; triesLeft -= 1) {
    const client = await pool.connect();
    let isStale = false;
    try {
      const { rows } = await client.query<R & pg.QueryResultRow>({ name, text, values: [...values] });
      return rows;
    } catch (error) {
      isStale = isStalePlan(error);
      if (!isStale || triesLeft === 0) throw error;
    } finally {
      // A connection forgets what it has prepared only when it ends.
      client.release(isStale);
    }
  }
}

/** A migration has changed a table since the connection prepared the statement (feature_not_supported, plancache.c). */
function isStalePlan(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '0A000' && error.message.includes('cached plan');
}
