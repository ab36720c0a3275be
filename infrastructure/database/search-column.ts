import { type RawBuilder, sql } from 'kysely';
import type { EntitySchema } from '@mikro-orm/postgresql';
import type { Database } from './database.ts';

/* Names are found by a column beside them, `search_key`: PostgreSQL has no case folding and knows no accents, or not
   everywhere the same. Entities know nothing of it. */

/** By what the row's name is found. A server of the version before writes none. */
export function searchKeyOf(table: string, name: string): RawBuilder<string> {
  return sql<string>`coalesce(${sql.ref(`${table}.searchKey`)}, lower(${sql.ref(`${table}.${name}`)}))`;
}

/** As {@link searchKeyOf}, of the tags. */
export function tagKeysOf(table: string): RawBuilder<readonly string[]> {
  return sql<readonly string[]>`coalesce(${sql.ref(`${table}.tagKeys`)}, ${sql.ref(`${table}.tags`)})`;
}

const KEYS: ReadonlySet<string> = new Set(['searchKey', 'tagKeys']);

/** Whether the property of a row is none of its entity's, but what it is found by. */
export function isSearchKey(property: string): boolean {
  return KEYS.has(property);
}

/** What a statement reads of an entity's row: all but what it is found by. */
export function entityColumns(database: Pick<Database, 'columnsOf'>, schema: EntitySchema, table: string): string {
  return database
    .columnsOf(schema)
    .filter(({ property }) => !isSearchKey(property))
    .map(({ name }) => `${table}."${name}"`)
    .join(', ');
}
