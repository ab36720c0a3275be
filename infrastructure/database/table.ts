import type { EntitySchema } from '@mikro-orm/postgresql';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import type { Database } from './database.ts';
import type { RowOf } from './row-schema.ts';
import { type Parameter, type Statement, prepared } from './statement.ts';

/** What is told of a row that clashes with another, by the name of the unique constraint. */
type Clashes = Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>>;

/** A row as it is written: whatever has its columns, and perhaps more. */
type Written<Row> = { readonly [P in keyof Row]: Row[P] extends (infer Item)[] ? readonly Item[] : Row[P] };

/** Writes whole rows of one table, by prepared statements that are made from its schema. */
export interface Table<Row> {
  /**
   * Adds a row. In a transaction it is waited for only where the table has clashes to tell: else nothing hangs on the
   * answer, and where the statement fails the transaction does. @throws DomainError for a clash
   */
  insert(row: Written<Row>): Promise<void>;
  /** Adds a row, or writes it over the one with the same key. */
  upsert(row: Written<Row>): Promise<void>;
  /** Writes a row over the one with the version before. @throws DomainError `version_conflict`, or for a clash */
  save(row: Written<Row> & Versioned): Promise<void>;
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

export function makeTable<S extends EntitySchema & { readonly name: string }>(
  database: Database,
  schema: S,
  clashes: Clashes = {},
): Table<RowOf<S>> {
  const columns = database.columnsOf(schema);
  const keys = columns.filter(({ isKey }) => isKey);
  const places = new Map(columns.map(({ name }, index) => [name, `$${index + 1}`]));
  // A text that is kept apart from its row stays where it is, instead of being written once more, where it is left alone.
  const assigned = columns.map(({ name, isText }) => {
    const place = places.get(name);
    const kept = `case when "${name}" is distinct from ${place} then ${place} else "${name}" end`;
    return `"${name}" = ${isText ? kept : place}`;
  });
  const insert =
    `insert into "${schema.tableName}" (${columns.map(({ name }) => `"${name}"`).join(', ')}) ` +
    `values (${[...places.values()].join(', ')})`;
  const overwritten = columns.filter(({ isKey }) => !isKey).map(({ name }) => `"${name}" = excluded."${name}"`);
  const statements = {
    insert: prepared(insert),
    upsert: prepared(
      `${insert} on conflict (${keys.map(({ name }) => `"${name}"`).join(', ')}) do update set ${overwritten.join(', ')}`,
    ),
    save: prepared(
      `update "${schema.tableName}" set ${assigned.join(', ')} ` +
        `where "id" = ${places.get('id')} and "version" = ${places.get('version')}::integer - 1`,
    ),
  };
  const filled = (statement: Pick<Statement, 'name' | 'text'>, row: object): Statement => ({
    ...statement,
    values: columns.map(({ property, toParameter }): Parameter => toParameter(Reflect.get(row, property))),
  });
  const explain = (error: unknown): unknown => clashOf(error, clashes);
  return {
    insert: async (row) => {
      const statement = filled(statements.insert, row);
      if (Object.keys(clashes).length === 0) await database.write(statement);
      else await database.run(statement, { explain });
    },
    upsert: (row) => database.write(filled(statements.upsert, row)),
    save: async (row) => {
      await database.run(filled(statements.save, row), { check: expectOne, explain });
    },
  };
}

const UNIQUE_VIOLATION = '23505';

function clashOf(error: unknown, clashes: Clashes): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== UNIQUE_VIOLATION) return error;
  const constraint: unknown = 'constraint' in error ? error.constraint : undefined;
  const clash = typeof constraint === 'string' ? clashes[constraint] : undefined;
  return clash === undefined ? error : new DomainError(clash.code, clash.message, [], { cause: error });
}

/** @throws DomainError `version_conflict` unless exactly one row was written */
function expectOne({ count }: { readonly count: number }): void {
  if (count !== 1) {
    throw new DomainError(
      'version_conflict',
      'Somebody changed this at the same moment. Read it again and repeat your change.',
    );
  }
}
