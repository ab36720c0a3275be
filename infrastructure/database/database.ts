import { AsyncLocalStorage } from 'node:async_hooks';
import { Migrator } from '@mikro-orm/migrations';
import { type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { MIGRATIONS_FOLDER, MIGRATIONS_TABLE } from './migrations-folder.ts';
import type { LogFields } from '../../core/shared/logger.ts';
import { type Announcement, type ChangeFeed, makeChangeFeed } from './change-feed/change-feed.ts';
import type { Tag } from './change-feed/tag.ts';
import { connectInTime } from './connect-in-time.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { giveBackLost } from './give-back-lost.ts';
import { hideRowValues } from './hide-row-values.ts';
import { OpenTransaction, type RunOptions } from './open-transaction.ts';
import { retryConflicts, retryOutdated } from './retry.ts';
import { type Pooling, findPooling, pgBouncerVersion } from './pooler.ts';
import { type RowColumn, ColumnNames, columnsOf } from './row-schema.ts';
import { runInBatches } from './run-in-batches.ts';
import type { Result, Statement } from './statement.ts';
import { typeParsers } from './type-parsers.ts';

/** How to reach PostgreSQL: a URL, or the parts of a unix socket. */
export type ConnectionTarget =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** Connections kept, connections at most, and the milliseconds after which connecting, waiting for one, or idling ends. */
interface PoolOptions {
  readonly min: number;
  readonly max: number;
  readonly acquireMs: number;
  /** 1 s by default: who would wait longer for a free connection is better told to come back. */
  readonly waitMs?: number;
  readonly idleMs: number;
  /** After which PostgreSQL ends a statement, or its wait for a lock: 5 s and 2 s by default. */
  readonly statementMs?: number;
  readonly lockMs?: number;
}

export interface DatabaseOptions {
  readonly target: ConnectionTarget;
  /**
   * The row schemas of every feature. Their check constraints are written as PostgreSQL tells them (`>= 1 and <= 9`, not
   * `between`): MikroORM compares the texts, and would take each for a change to migrate.
   */
  readonly rows: readonly EntitySchema[];
  readonly pool: PoolOptions;
  readonly applicationName: string;
  /** Nobody keeps anything that a change could make stale, so nobody is told of one. */
  readonly silent?: boolean;
  readonly warn: (event: string, fields: LogFields) => void;
}

/** PostgreSQL as the repositories, queries and migrations use it: each in the current transaction, if there is one. */
export interface Database {
  /** By which processes that keep something hear of changes. */
  readonly feed: ChangeFeed;
  /**
   * Runs `work` in a transaction of its own, or in the current one. One of its own that loses a deadlock, or cannot be
   * serialized, runs again from its beginning: `work` keeps no state outside of itself.
   */
  transactional<T>(work: () => Promise<T>): Promise<T>;
  /**
   * What the write before has changed. When the transaction has committed, and before `transactional` resolves, this
   * process forgets what it kept of it, and the others are being told; outside of a transaction, before this resolves.
   */
  changed(...tags: readonly Tag[]): Promise<void>;
  /**
   * Runs a statement: the only way to one. Where it or `check` fails in a transaction, nothing of that is kept, whoever
   * catches the fault. @throws what `check` throws, and what `explain` makes of an error
   */
  run<R>(statement: Statement, options?: RunOptions): Promise<Result<R>>;
  /** As `run`, for what nothing hangs on: a transaction does not wait for it, and fails where it does. */
  write(statement: Statement, options?: RunOptions): Promise<void>;
  /** Of a row schema, in their order. */
  columnsOf(schema: EntitySchema): readonly RowColumn[];
  /** On connections of its own, as a migration may take its time; each migration in a transaction of its own, or all in `work`'s. */
  migrating<T>(work: (orm: Pick<MikroORM, 'migrator' | 'em'>) => Promise<T>, inOneTransaction?: boolean): Promise<T>;
  /** What stands between this process and PostgreSQL, found out by asking; and that one's version, where it tells. */
  pooling(): Promise<Pooling>;
  poolerVersion(): Promise<string | null>;
  readonly schema: MikroORM['schema'];
  close(): Promise<void>;
}

/** Milliseconds. A request that takes longer has no caller any more, and what it locks has others waiting. */
const TIMEOUTS = { statement_timeout: 5000, lock_timeout: 2000, idle_in_transaction_session_timeout: 10_000 } as const;
/** A migration may work for long, but must not make everybody queue behind a lock that it waits for. */
const MIGRATION_TIMEOUTS = { ...TIMEOUTS, statement_timeout: 0, idle_in_transaction_session_timeout: 0 } as const;
const WAIT_MS = 1000;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { statementMs = TIMEOUTS.statement_timeout, lockMs = TIMEOUTS.lock_timeout } = options.pool;
  const orm = await openOrm(options, { ...TIMEOUTS, statement_timeout: statementMs, lock_timeout: lockMs });
  const pool = await orm.em.getConnection().getNativeClient();
  const connect = (): Promise<pg.PoolClient> => connectInTime(pool, options.pool.waitMs ?? WAIT_MS);
  const runAlone = runInBatches(connect);
  const feed = makeChangeFeed({
    newClient: () => newClientBeside(pool),
    run: runAlone,
    silent: options.silent === true,
  });
  // Carries the transaction, so that repositories need no handle of it.
  const current = new AsyncLocalStorage<{ readonly transaction: OpenTransaction; readonly changed: Set<Tag> }>();
  const runOutside = async (statement: Statement, { check, explain }: RunOptions): Promise<Result<unknown>> => {
    try {
      const result = await retryOutdated(pool.options.max, () => runAlone(statement));
      check?.(result);
      return result;
    } catch (error) {
      throw explain === undefined ? error : explain(error);
    }
  };
  const run = <R>(statement: Statement, options: RunOptions = {}): Promise<Result<R>> => {
    const running = current.getStore()?.transaction.run(statement, options) ?? runOutside(statement, options);
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the statement was built to answer such rows
    return running as Promise<Result<R>>;
  };
  return {
    feed,
    run,
    write: async (statement, options) => {
      const running = run(statement, options);
      if (current.getStore() === undefined) await running;
      // The transaction itself has taken note.
      else running.catch(() => undefined);
    },
    columnsOf: (schema) => columnsOf(orm, schema),
    transactional: async (work) => {
      if (current.getStore() !== undefined) return work();
      const changed = new Set<Tag>();
      const announcements: Announcement[] = [];
      const announcement = (): readonly Statement[] => {
        const made = feed.announcement(changed);
        if (made === null) return [];
        announcements.push(made);
        return [made.statement];
      };
      try {
        return await retryConflicts(() =>
          retryOutdated(pool.options.max, () => {
            changed.clear();
            const transaction = new OpenTransaction(connect);
            return current.run({ transaction, changed }, () => transaction.keep(work, announcement));
          }),
        );
      } catch (error) {
        // A connection that is lost while it commits does not tell whether it has.
        for (const { statement } of announcements) runAlone(statement).catch(() => undefined);
        throw error;
      } finally {
        for (const { forget } of announcements) forget();
      }
    },
    changed: async (...tags) => {
      const inside = current.getStore();
      for (const tag of tags) inside?.changed.add(tag);
      const announcement = inside === undefined ? feed.announcement(tags) : null;
      announcement?.forget();
      if (announcement !== null) await runAlone(announcement.statement);
    },
    migrating: async (work, inOneTransaction = false) => {
      const pool = { ...options.pool, min: 0, max: 2 };
      const migrating = await openOrm({ ...options, pool }, MIGRATION_TIMEOUTS, inOneTransaction);
      try {
        return await work(migrating);
      } finally {
        await migrating.close();
      }
    },
    pooling: () => findPooling({ connect, newClient: () => newClientBeside(pool) }),
    poolerVersion: () => pgBouncerVersion(newClientBeside(pool, 'pgbouncer')),
    schema: orm.schema,
    close: async () => {
      await feed.close();
      await orm.close();
      // MikroORM ends the pool only where it has used it.
      if (!pool.ending) await pool.end();
    },
  };
}

/** To the same place as the pool's, and none of it. */
function newClientBeside({ options }: pg.Pool, database = options.database): pg.Client {
  const { host, port, user, password, ssl, application_name } = options;
  const place = { host, port, user, database, password, ssl, application_name };
  return new pg.Client({ ...place, connectionTimeoutMillis: 2000, keepAlive: true });
}

/** A unix socket is not encrypted, whatever the environment asks of other connections. */
const UNENCRYPTED = { ssl: false } as const;

function openOrm(
  options: DatabaseOptions,
  timeouts: Readonly<Record<keyof typeof TIMEOUTS, number>>,
  inOneTransaction = false,
): Promise<MikroORM> {
  const { target, pool } = options;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- init answers the class that MikroORM is the base of
  return MikroORM.init({
    ...('url' in target
      ? { clientUrl: target.url }
      : { host: target.host, port: target.port, user: target.user, dbName: target.database }),
    entities: [...options.rows],
    pool: { min: pool.min, max: pool.max, idleTimeoutMillis: pool.idleMs },
    driverOptions: {
      connectionTimeoutMillis: pool.acquireMs,
      application_name: options.applicationName,
      // Statements go out without waiting for those before them; whoever waits for each answer does not notice.
      pipeline: true,
      ...timeouts,
      onPoolCreated: (created: pg.Pool) => {
        // MikroORM's own would hand dates out as texts, for its entities to read.
        created.options.types = typeParsers;
        giveBackLost(created);
        if (timeouts === MIGRATION_TIMEOUTS) hideRowValues(created);
      },
      ...('url' in target ? parseDatabaseUrl(target.url) : UNENCRYPTED),
    },
    namingStrategy: ColumnNames,
    timezone: 'UTC',
    // A misspelt name must be told, not created.
    ensureDatabase: false,
    extensions: [Migrator],
    migrations: {
      path: MIGRATIONS_FOLDER,
      tableName: MIGRATIONS_TABLE,
      // Each in a transaction of its own, so that one may opt out of it for CREATE INDEX CONCURRENTLY.
      allOrNothing: inOneTransaction,
      snapshot: false,
      silent: true,
      fileName: (timestamp, name) => `${timestamp}-${name ?? 'change-schema'}`,
    },
    // What triggers share is a function in a migration.
    schemaGenerator: { ignoreRoutines: true },
    // Nothing is ever loaded into an identity map: repositories insert, update and read by SQL.
    allowGlobalContext: true,
    logger: (message) => {
      options.warn('database_message', { message });
    },
    colors: false,
  });
}
