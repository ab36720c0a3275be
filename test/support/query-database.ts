import type { Adapters } from '../../infrastructure/contracts/adapters.ts';
import type { Database } from '../../infrastructure/database/database.ts';
import { type Reader, makeReader } from '../../infrastructure/database/reader.ts';
import type { Page, PageRequest } from '../../core/shared/page.ts';
import { postgresqlAdapters } from './postgresql-adapters.ts';
import { openTestDatabase, testCluster } from './test-cluster.ts';
import { ask } from './ask.ts';

/** A migrated database, and the repositories by which a test fills it. */
export interface QueryDatabase extends Adapters {
  readonly database: Database;
  readonly reader: Reader;
}

export async function openQueryDatabase(options: { readonly connections?: number } = {}): Promise<QueryDatabase> {
  const database = await openTestDatabase(await (await testCluster()).migrated(), options);
  return {
    database,
    reader: makeReader({ database, clock: { now: () => new Date() } }),
    ...postgresqlAdapters(database),
  };
}

/** Everything that a query lists, in pages of `limit`. @throws Error where the list is null */
export async function readToEnd<T>(
  limit: number,
  list: (page: PageRequest) => Promise<Page<T> | null>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: PageRequest['after'] = null;
  do {
    const page: Page<T> | null = await list({ limit, after });
    if (page === null) throw new Error('There is no such list.');
    items.push(...page.items);
    after = page.next;
    if (items.length > 10_000) throw new Error('This list does not end.');
  } while (after !== null);
  return items;
}

/** What PostgreSQL read of a table. */
export interface Reads {
  readonly sequentialScans: number;
  /** The indexes that were used. */
  readonly indexes: readonly string[];
  /** Entries of indexes that were read. */
  readonly entries: number;
}

interface Counter {
  readonly index: string;
  readonly seqScan: string;
  readonly idxScan: string;
  readonly idxTupRead: string;
}

/**
 * What PostgreSQL itself counts of a table while `work` runs: what was done, not what EXPLAIN would do. The database must
 * be opened with one connection, which flushes its own counts.
 */
export async function readsOf(database: Database, table: string, work: () => Promise<unknown>): Promise<Reads> {
  const counters = async (): Promise<readonly Counter[]> => {
    await ask(database, 'select pg_stat_force_next_flush()');
    return ask<Counter>(
      database,
      `select i.indexrelname as index, t.seq_scan, i.idx_scan, i.idx_tup_read
       from pg_stat_user_tables t join pg_stat_user_indexes i using (relid) where t.relname = $1 order by 1`,
      [table],
    );
  };
  const before = await counters();
  await work();
  const after = await counters();
  const grown = (name: 'seqScan' | 'idxScan' | 'idxTupRead', n: number): number =>
    Number(after[n]?.[name]) - Number(before[n]?.[name]);
  return {
    sequentialScans: grown('seqScan', 0),
    indexes: after.filter((_, n) => grown('idxScan', n) > 0).map(({ index }) => index),
    entries: after.reduce((sum, _, n) => sum + grown('idxTupRead', n), 0),
  };
}
