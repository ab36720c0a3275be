import { createHash } from 'node:crypto';
import type pg from 'pg';
import { withoutRowValues } from './hide-row-values.ts';

/** What a statement takes: JSON as text. */
export type Parameter = string | number | boolean | Date | readonly string[] | null;

/**
 * A statement, and the values of one run of it. One that is made once, as the program starts, is prepared: it has a name,
 * and each connection parses and plans it once. One that is made for a single run has none.
 */
export interface Statement {
  readonly text: string;
  readonly values: readonly Parameter[];
  readonly name?: string;
  /** It changes nothing and locks nothing: outside of a transaction it may share a connection with others. */
  readonly onlyReads?: boolean;
}

export interface Result<R> {
  readonly rows: readonly R[];
  /** How many rows it found or changed. */
  readonly count: number;
}

/** Named by what it says, so that servers of different versions behind one connection pooler do not clash. */
export function prepared(text: string): { readonly name: string; readonly text: string } {
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 32), text };
}

/** Sends it behind all that the connection was sent before. Its rows have the names of properties. */
export async function runOn(
  client: pg.PoolClient,
  { text, values, name }: Statement,
): Promise<Result<Record<string, unknown>>> {
  gatherWrites(client);
  const result = await client
    .query<unknown[]>({ ...(name !== undefined && { name }), text, values: [...values], rowMode: 'array' })
    .catch((error: unknown) => {
      throw withoutRowValues(error);
    });
  const names = result.fields.map((field) => propertyOf(field.name));
  const rows = result.rows.map((row) => {
    const record: Record<string, unknown> = {};
    names.forEach((property, at) => {
      record[property] = row[at];
    });
    return record;
  });
  return { rows, count: result.rowCount ?? 0 };
}

/** What a connection is sent in one turn of the event loop goes out in one piece: each piece wakes PostgreSQL up. */
export function gatherWrites({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => {
    stream.uncork();
  });
}

/** @throws TypeError for what no statement of ours is given */
export function asParameter(value: unknown): Parameter {
  if (value === null || value instanceof Date) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new TypeError('A parameter of a statement is a text, a list of texts, a number, a truth value or a moment.');
}

/** JSON that PostgreSQL makes of a row has the names of its columns. */
export function byProperty<T extends object>(json: T): T {
  const entries = Object.entries(json).map(([column, value]: [string, unknown]) => [propertyOf(column), value]);
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Kysely types it by the names of properties
  return Object.fromEntries(entries) as T;
}

const properties = new Map<string, string>();

/** `campaign_id` is `campaignId`, as the row schemas have it. */
function propertyOf(column: string): string {
  const known = properties.get(column);
  if (known !== undefined) return known;
  const property = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  properties.set(column, property);
  return property;
}
