import {
  CamelCasePlugin,
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely';
import type { Database } from './database.ts';
import { type Parameter, type Statement, asParameter, prepared } from './statement.ts';

/** Builds statements in the names of properties, and runs none. */
const kysely = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [new CamelCasePlugin()],
});

/** What each run of a statement brings. A value that is null takes the clause that asks for it out of the statement. */
export interface Values<V> {
  /** Whether the run that the statement is built for brings this value. */
  has(name: keyof V & string): boolean;
  /** The place of the value in the statement. */
  of<K extends keyof V & string>(name: K): RawBuilder<NonNullable<V[K]>>;
}

export type Build<T, V, R> = (tables: Kysely<T>, values: Values<V>) => Compilable<R>;

/** The values of a run, by name. */
export type Given<V> = { readonly [K in keyof V]: Parameter };

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

/** Makes a statement of the words that are given, with `$1` for the first of each run's values. */
export function prepareText<R>(
  database: Database,
  text: string,
): (...values: readonly Parameter[]) => Promise<readonly R[]> {
  const statement = prepared(text);
  return async (...values) => (await database.run<R>({ ...statement, values })).rows;
}

/**
 * Makes a statement that is built once for each choice of values that are null, and that PostgreSQL plans once: building
 * and planning most statements takes longer than running them. `finish` may put another statement around it, whose
 * places each run fills `around` the values.
 */
export function prepare<T, V extends Given<V>, R>(
  database: Database,
  build: Build<T, V, R>,
  finish: (query: Query) => Query = (query) => query,
): (values: V, around?: Readonly<Record<string, Parameter>>) => Promise<readonly R[]> {
  const known = new Map<string, Query & Omit<Statement, 'values'>>();
  return async (values, around = {}) => {
    const choice = choiceOf(values);
    let query = known.get(choice);
    if (query === undefined) {
      const { onlyReads, ...built } = compile(build, values);
      const finished = finish(built);
      query = { ...finished, ...prepared(finished.text), onlyReads };
      known.set(choice, query);
    }
    const { parameters, ...statement } = query;
    const given = { ...values, ...around };
    const { rows } = await database.run<R>({ ...statement, values: parameters.map((each) => filled(each, given)) });
    return rows;
  };
}

function choiceOf(values: object): string {
  let choice = '';
  for (const value of Object.values(values)) choice += value === null ? '0' : '1';
  return choice;
}

function compile<T, V extends object, R>(build: Build<T, V, R>, values: V): Query & { readonly onlyReads: boolean } {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- whoever builds says which tables there are
  const tables = kysely as unknown as Kysely<T>;
  const built = build(tables, {
    has: (name) => Reflect.get(values, name) !== null,
    of: (name) => sql`${placeOf(name)}`,
  });
  const { sql: text, parameters, query } = built.compile();
  // A modifier at its end locks the rows that it finds.
  const onlyReads = query.kind === 'SelectQueryNode' && query.endModifiers === undefined;
  return { text, parameters, onlyReads };
}

function filled(parameter: unknown, given: Readonly<Record<string, Parameter>>): Parameter {
  return asParameter(parameter instanceof Place ? given[parameter.name] : parameter);
}
