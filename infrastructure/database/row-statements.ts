import type { EntitySchema } from '@mikro-orm/postgresql';
import { expectOne } from './constraint.ts';
import type { Database } from './database.ts';
import type { Explain } from './open-transaction.ts';
import { named } from './prepared-statement.ts';

/** What a statement takes: lists and JSON as PostgreSQL reads them, see text-array.ts. */
type Value = string | number | boolean | Date | null;

/** Every column of a table. */
export type RowValues<Row> = { readonly [C in keyof Row]: Value };

/* Statements on whole rows, which each connection prepares once. */

/** Adds a row. In a transaction nobody waits for it: where it fails, what comes next does. */
export function prepareInsert<Row extends object>(
  database: Database,
  schema: EntitySchema,
): (row: RowValues<Row>, explain?: Explain) => Promise<void> {
  const columns = columnsOf(schema);
  const statement = named(insertText(schema, columns));
  return (row, explain) => database.write({ ...statement, values: valuesOf(row, columns) }, explain);
}

/** Adds a row, or writes it over the one that has the same key. */
export function prepareUpsert<Row extends object>(
  database: Database,
  schema: EntitySchema,
): (row: RowValues<Row>) => Promise<void> {
  const columns = columnsOf(schema);
  const properties = Object.entries(schema.meta.properties);
  const key = properties.filter(([, { primary }]) => primary === true).map(([column]) => column);
  const others = columns.filter((column) => !key.includes(column));
  const statement = named(
    `${insertText(schema, columns)} on conflict (${quoted(key)}) do update set ` +
      others.map((column) => `"${column}" = excluded."${column}"`).join(', '),
  );
  return (row) => database.write({ ...statement, values: valuesOf(row, columns) });
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** Writes a row over the one with the version before. @throws DomainError `version_conflict`, what `explain` makes of an error */
export function prepareSave<Row extends Versioned>(
  database: Database,
  schema: EntitySchema,
): (row: RowValues<Row> & Versioned, explain?: Explain) => Promise<void> {
  const columns = columnsOf(schema);
  const places = columns.map((column, index) => `"${column}" = $${index + 1}`);
  const [id, version] = ['id', 'version'].map((column) => `$${columns.indexOf(column) + 1}`);
  const statement = named(
    `update "${schema.tableName}" set ${places.join(', ')} where "id" = ${id} and "version" = ${version}::integer - 1`,
  );
  return async (row, explain = (error) => error) => {
    try {
      const { count } = await database.run({ ...statement, values: valuesOf(row, columns) });
      expectOne(count);
    } catch (error) {
      throw explain(error);
    }
  };
}

function insertText(schema: EntitySchema, columns: readonly string[]): string {
  const places = columns.map((_, index) => `$${index + 1}`);
  return `insert into "${schema.tableName}" (${quoted(columns)}) values (${places.join(', ')})`;
}

/** The row schemas name their properties as the database names its columns. */
function columnsOf(schema: EntitySchema): readonly string[] {
  return Object.keys(schema.meta.properties);
}

function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}

function valuesOf(row: object, columns: readonly string[]): readonly unknown[] {
  return columns.map((column): unknown => Reflect.get(row, column));
}
