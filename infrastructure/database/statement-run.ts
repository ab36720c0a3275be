import type pg from 'pg';
import { serialize } from 'pg-protocol';
import { withoutRowValues } from './hide-row-values.ts';
import { type Parse, typeParsers } from './type-parsers.ts';

/** A statement, and the values of one run of it. */
export interface Statement {
  /** By which a connection knows it once it has prepared it; empty for one that is not to be kept. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Row = Readonly<Record<string, unknown>>;

export interface Result<R = Row> {
  readonly rows: readonly R[];
  /** How many rows it found or changed. */
  readonly count: number;
}

/** Reads a row of a statement; which columns there are is told once for each connection, when it is prepared. */
type ReadRow = (fields: readonly (string | null)[]) => Row;

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** What a connection knows of a statement: its columns, that it is being prepared, or that preparing it went wrong. */
type Known = ReadRow | 'preparing' | 'doubtful';

const noColumns: ReadRow = () => ({});
const knowledge = new WeakMap<pg.Connection, Map<string, Known>>();
/** Of what is text already. */
const TEXT = typeParsers.getTypeParser(25);
const EXECUTE = serialize.execute({});
const DESCRIBE_AND_EXECUTE = Buffer.concat([serialize.describe({ type: 'P', name: '' }), EXECUTE]);
const SYNC = serialize.sync();
/** invalid_sql_statement_name: another run was to prepare it, and failed. feature_not_supported: see below. */
const UNKNOWN_STATEMENT = '26000';
const NOT_SUPPORTED = '0A000';

/**
 * One run of some statements on a connection, in one write and pg's own protocol (PostgreSQL's documentation, 54.2.3).
 * Where one fails, PostgreSQL skips those behind it, and takes back those before it unless a transaction was begun. pg's
 * query asks PostgreSQL each time to describe the columns, reads that description, and writes four messages where one
 * will do: that took as long as all else that a short statement needs.
 */
export class StatementRun implements pg.Submittable {
  readonly results: Promise<readonly Result[]>;
  /** It failed only for what its connection had prepared before: another run may succeed. */
  wasOutdated = false;
  readonly #statements: readonly Statement[];
  readonly #texts: readonly (readonly (string | null)[])[];
  readonly #prepares: boolean[] = [];
  readonly #results: Result[] = [];
  readonly #done: PromiseWithResolvers<readonly Result[]>;
  #known = new Map<string, Known>();
  #readRow: ReadRow | null = null;
  #rows: Row[] = [];
  #isUnreadable = false;

  /** @throws TypeError for a value that no statement of ours is given */
  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
    this.#texts = statements.map(({ values }) => values.map(toText));
    this.#done = Promise.withResolvers();
    this.results = this.#done.promise;
  }

  /** Which of the statements is being answered; after an error, which one failed. */
  get at(): number {
    return this.#results.length;
  }

  /* What pg's client calls, by the names that it knows (pg 8.23, lib/client.js). */

  submit(connection: pg.Connection): void {
    this.#known = knowledge.get(connection) ?? new Map<string, Known>();
    knowledge.set(connection, this.#known);
    const messages = this.#statements.flatMap((statement, index) => this.#messages(statement, index));
    connection.stream.write(Buffer.concat([...messages, SYNC]));
    this.#begin();
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#readRow = readerOf(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    // Read late: the run that prepares the statement may be on its way when this one is sent.
    this.#readRow ??= this.#readerOf(this.#statements[this.at]?.name ?? '');
    if (this.#readRow === null) this.#isUnreadable = true;
    else this.#rows.push(this.#readRow(fields));
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const { name } = this.#statements[this.at] ?? { name: '' };
    if (this.#prepares[this.at] === true && name !== '') this.#known.set(name, this.#readRow ?? noColumns);
    this.#results.push({ rows: this.#rows, count: countOf(text) });
    this.#begin();
  }

  handleReadyForQuery(): void {
    if (!this.#isUnreadable) {
      this.#done.resolve(this.#results);
      return;
    }
    // The run that was to prepare the statement failed before the columns were described.
    this.#doubt(this.#known.keys());
    this.wasOutdated = true;
    this.#done.reject(new Error('The columns of a prepared statement are not known.'));
  }

  handleError(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // A migration has changed a table since the statement was prepared ("cached plan must not change result type").
    const isStale = code === NOT_SUPPORTED && error instanceof Error && error.message.includes('cached plan');
    this.wasOutdated = isStale || code === UNKNOWN_STATEMENT;
    // What has changed one table may have changed others too.
    this.#doubt(this.wasOutdated ? this.#known.keys() : this.#unprepared());
    this.#done.reject(withoutRowValues(error));
  }

  #messages({ name, text }: Statement, index: number): readonly Buffer[] {
    const known = this.#known.get(name);
    const bind = serialize.bind({ statement: name, values: [...(this.#texts[index] ?? [])] });
    const prepares = name === '' || known === undefined || known === 'doubtful';
    this.#prepares.push(prepares);
    if (!prepares) return [bind, EXECUTE];
    if (name !== '') this.#known.set(name, 'preparing');
    // Closing what is not there is no error.
    const close = known === 'doubtful' ? [serialize.close({ type: 'S', name })] : [];
    return [...close, serialize.parse({ name, text }), bind, DESCRIBE_AND_EXECUTE];
  }

  /** The next statement's answer. */
  #begin(): void {
    this.#rows = [];
    this.#readRow = null;
  }

  #readerOf(name: string): ReadRow | null {
    const known = this.#known.get(name);
    return typeof known === 'function' ? known : null;
  }

  /** What it was to prepare and, after an error, may not have. */
  #unprepared(): readonly string[] {
    const { at } = this;
    return this.#statements.filter((_, index) => index >= at && this.#prepares[index] === true).map(({ name }) => name);
  }

  /** They are prepared anew before they run again. */
  #doubt(names: Iterable<string>): void {
    for (const name of names) if (name !== '') this.#known.set(name, 'doubtful');
  }
}

/**
 * A function written for these columns: all rows get one shape at once. Setting properties by name, one after the other,
 * takes ten times as long.
 */
function readerOf(columns: RowDescription['fields']): ReadRow {
  const parsers = columns.map(({ dataTypeID }) => typeParsers.getTypeParser(dataTypeID));
  const properties = columns.map(({ name }, index) => {
    const field = `fields[${index}]`;
    const value = parsers[index] === TEXT ? field : `${field} === null ? null : parsers[${index}](${field})`;
    return `${JSON.stringify(name)}: ${value}`;
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/consistent-type-assertions -- of the names of columns, as JSON writes them, and nothing else
  const make = new Function('parsers', `return (fields) => ({ ${properties.join(', ')} })`) as (
    parsers: readonly Parse[],
  ) => ReadRow;
  return make(parsers);
}

/** `UPDATE 3`, `INSERT 0 1`, `BEGIN`. */
function countOf(commandTag: string): number {
  const count = Number(commandTag.slice(commandTag.lastIndexOf(' ') + 1));
  return Number.isNaN(count) ? 0 : count;
}

/** As PostgreSQL reads a parameter. @throws TypeError for what no statement of ours is given */
function toText(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new TypeError('A parameter of a statement is a text, a number, a truth value or a moment.');
}
