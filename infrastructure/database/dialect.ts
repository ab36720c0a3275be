import {
  type CompiledQuery,
  type Dialect,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Result, Statement } from './statement-run.ts';

/** Builds Kysely's queries for PostgreSQL, and runs them as any other statement of ours, the current transaction's too. */
export function makeDialect(run: (statement: Statement) => Promise<Result<never>>): Dialect {
  const connection = {
    executeQuery: async <R>({ sql: text, parameters: values }: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, count } = await run({ name: '', text, values });
      return { rows: [...rows], numAffectedRows: BigInt(count) };
    },
    streamQuery: () => {
      throw new Error('Rows are not streamed: read a page of them.');
    },
  };
  const notHere = () => Promise.reject(new Error('Use transactional, which carries the transaction to all.'));
  const nothing = () => Promise.resolve();
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => ({
      init: nothing,
      acquireConnection: () => Promise.resolve(connection),
      beginTransaction: notHere,
      commitTransaction: notHere,
      rollbackTransaction: notHere,
      releaseConnection: nothing,
      destroy: nothing,
    }),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
