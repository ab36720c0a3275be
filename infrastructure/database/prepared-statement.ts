import { createHash } from 'node:crypto';
import { type Compilable, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Statement } from './statement-run.ts';

/** What each run of a statement brings. A value that is null takes the clause that asks for it out of the statement. */
export interface Values<V> {
  /** Whether the run that the statement is built for brings this value. */
  has(name: keyof V & string): boolean;
  /** The place of the value in the statement. */
  of<K extends keyof V & string>(name: K): RawBuilder<NonNullable<V[K]>>;
}

export type Build<T, V, R> = (tables: Kysely<T>, values: Values<V>) => Compilable<R>;

/** Stands for the value of that name. */
class Place {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export function placeOf(name: string): unknown {
  return new Place(name);
}

/** Each parameter is a value of every run's, or the place of one that each run brings. */
export interface Query {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

interface Prepared extends Query {
  /** By which PostgreSQL knows the statement, from its first run on a connection on. */
  readonly name: string;
}

/**
 * Makes a read that is built once for each choice of values that are null, and that PostgreSQL plans once: building
 * and planning most statements takes longer than running them. `finish` may put another statement around it, whose
 * places each run fills `around` the values.
 */
export function prepare<T, V extends object, R>(
  database: Database,
  build: Build<T, V, R>,
  finish?: (query: Query) => Query,
): (values: V, around?: object) => Promise<readonly R[]> {
  const query = prepared(database, build, finish);
  return (values, around) => database.read<R>(query(values, around));
}

/** As {@link prepare}, for what changes rows or locks them. */
export function prepareChange<T, V extends object, R>(
  database: Database,
  build: Build<T, V, R>,
): (values: V) => Promise<readonly R[]> {
  const query = prepared(database, build);
  return async (values) => (await database.run<R>(query(values))).rows;
}

function prepared<T, V extends object, R>(
  database: Database,
  build: Build<T, V, R>,
  finish: (query: Query) => Query = (query) => query,
): (values: V, around?: object) => Statement {
  const known = new Map<string, Prepared>();
  return (values, around = {}) => {
    const choice = choiceOf(values);
    let query = known.get(choice);
    if (query === undefined) {
      const built = finish(compile(database, build, values));
      query = { ...built, ...named(built.text) };
      known.set(choice, query);
    }
    const { name, text, parameters } = query;
    const given = { ...values, ...around };
    return { name, text, values: parameters.map((each) => (each instanceof Place ? valueAt(given, each.name) : each)) };
  };
}

function choiceOf(values: object): string {
  let choice = '';
  for (const value of Object.values(values)) choice += value === null ? '0' : '1';
  return choice;
}

function compile<T, V extends object, R>(database: Database, build: Build<T, V, R>, values: V): Query {
  const { sql: text, parameters } = build(database.tables<T>(), {
    has: (name) => valueAt(values, name) !== null,
    of: (name) => sql`${placeOf(name)}`,
  }).compile();
  return { text, parameters };
}

function valueAt(values: object, name: string): unknown {
  return Reflect.get(values, name);
}

/** Named by what it says, so that servers of different versions behind one connection pooler do not clash. */
export function named(text: string): { readonly name: string; readonly text: string } {
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 32), text };
}
