import type pg from 'pg';
import { serialize } from 'pg-protocol';
import { withoutRowValues } from './hide-row-values.ts';
import { type Parse, typeParsers } from './type-parsers.ts';

/** A statement under the name by which a connection knows it once it has prepared it. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

/** How the rows of a statement are read; it is told once for each connection, when the statement is prepared. */
interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly Parse[];
  /** A row with every column, so that all rows have one shape. */
  readonly empty: Row;
}

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** By connection and name; null while the connection is still preparing it. */
const prepared = new WeakMap<pg.Connection, Map<string, Columns | null>>();
const EXECUTE = Buffer.concat([serialize.execute({}), serialize.sync()]);
const DESCRIBE_AND_EXECUTE = Buffer.concat([serialize.describe({ type: 'P', name: '' }), EXECUTE]);
/** invalid_sql_statement_name: another run was to prepare it, and failed. feature_not_supported: see below. */
const UNKNOWN_STATEMENT = '26000';
const NOT_SUPPORTED = '0A000';

/**
 * One run of a prepared statement, in pg's own protocol (PostgreSQL's documentation, 54.2.3). pg's query asks PostgreSQL
 * each time to describe the columns, reads that description, and writes four messages where one will do: that took as
 * long as all else that a short statement needs.
 */
export class StatementRun implements pg.Submittable {
  readonly rows: Promise<readonly Row[]>;
  /** It failed only for what its connection had prepared before: on another connection it may succeed. */
  wasOutdated = false;
  /** What its connection has prepared is no longer known. */
  leavesDoubt = false;
  readonly #statement: NamedStatement;
  readonly #texts: readonly (string | null)[];
  readonly #found: Row[] = [];
  readonly #done: PromiseWithResolvers<readonly Row[]>;
  #known: Map<string, Columns | null> = new Map<string, Columns | null>();
  #prepares = false;
  #isUnreadable = false;

  /** @throws TypeError for a value that no statement of ours is given */
  constructor(statement: NamedStatement) {
    this.#statement = statement;
    this.#texts = statement.values.map(toText);
    this.#done = Promise.withResolvers();
    this.rows = this.#done.promise;
  }

  /* What pg's client calls, by the names that it knows (pg 8.23, lib/client.js). */

  submit(connection: pg.Connection): void {
    const { name, text } = this.#statement;
    this.#known = knownTo(connection);
    this.#prepares = !this.#known.has(name);
    const bind = serialize.bind({ statement: name, values: [...this.#texts] });
    if (this.#prepares) this.#known.set(name, null);
    const messages = this.#prepares ? [serialize.parse({ name, text }), bind, DESCRIBE_AND_EXECUTE] : [bind, EXECUTE];
    connection.stream.write(Buffer.concat(messages));
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#known.set(this.#statement.name, columnsOf(fields));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#known.get(this.#statement.name);
    if (columns) this.#found.push(rowOf(columns, fields));
    else this.#isUnreadable = true;
  }

  handleCommandComplete(): void {
    // What counts is that PostgreSQL is ready again.
  }

  handleReadyForQuery(): void {
    if (!this.#isUnreadable) {
      this.#done.resolve(this.#found);
      return;
    }
    // The run that was to prepare the statement failed before the columns were described.
    this.wasOutdated = true;
    this.leavesDoubt = true;
    this.#done.reject(new Error('The columns of a prepared statement are not known.'));
  }

  handleError(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // A migration has changed a table since the statement was prepared ("cached plan must not change result type").
    const isStale = code === NOT_SUPPORTED && error instanceof Error && error.message.includes('cached plan');
    this.wasOutdated = isStale || code === UNKNOWN_STATEMENT;
    this.leavesDoubt = this.wasOutdated || this.#prepares;
    this.#done.reject(withoutRowValues(error));
  }
}

function knownTo(connection: pg.Connection): Map<string, Columns | null> {
  const known = prepared.get(connection) ?? new Map<string, Columns | null>();
  prepared.set(connection, known);
  return known;
}

function columnsOf(fields: RowDescription['fields']): Columns {
  return {
    names: fields.map(({ name }) => name),
    parsers: fields.map(({ dataTypeID }) => typeParsers.getTypeParser(dataTypeID)),
    empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
  };
}

function rowOf({ names, parsers, empty }: Columns, fields: readonly (string | null)[]): Row {
  const row: Record<string, unknown> = { ...empty };
  for (let index = 0; index < names.length; index += 1) {
    const field = fields[index];
    const name = names[index];
    const parse = parsers[index];
    if (typeof field === 'string' && name !== undefined && parse !== undefined) row[name] = parse(field);
  }
  return row;
}

/** As PostgreSQL reads a parameter. @throws TypeError for what no statement of ours is given */
function toText(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new TypeError('A parameter of a prepared statement is a text, a number, a truth value or a moment.');
}
