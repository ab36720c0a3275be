import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { MIGRATIONS_FOLDER, MIGRATIONS_TABLE } from './migrations-folder.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { LogFields } from '../../core/shared/logger.ts';
import { type ChangeFeed, makeChangeFeed } from './change-feed/change-feed.ts';
import type { Tag } from './change-feed/tag.ts';
import { giveBackLost } from './give-back-lost.ts';
import { hideRowValues } from './hide-row-values.ts';
import { limitPoolWait } from './limit-pool-wait.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { makePreparedRuns } from './run-prepared.ts';
import type { NamedStatement } from './statement-run.ts';
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
  /** Nobody who keeps something hears of the changes made by this database: for tests. */
  readonly silent?: true;
  readonly warn: (event: string, fields: LogFields) => void;
}

/** MikroORM as the repositories, queries and migrations use it. */
export interface Database {
  /** By which processes that keep something hear of changes. */
  readonly feed: ChangeFeed;
  /** Of the current transaction, if there is one. */
  em(): EntityManager;
  /**
   * Runs `work` in a transaction of its own, or in the current one. One of its own that loses a deadlock, or cannot be
   * serialized, runs again from its beginning: `work` keeps no state outside of itself.
   */
  transactional<T>(work: () => Promise<T>): Promise<T>;
  /**
   * What the write before has changed. It is announced when the transaction has committed, before `transactional`
   * resolves; outside of a transaction, before this resolves.
   */
  changed(...tags: readonly Tag[]): Promise<void>;
  /**
   * Runs a read that each connection prepares once; in the current transaction, if there is one. It may run twice, so that
   * it must change nothing.
   */
  run<R>(statement: NamedStatement): Promise<readonly R[]>;
  /** On connections of its own, as a migration may take its time. */
  migrating<T>(work: (migrator: MikroORM['migrator']) => Promise<T>): Promise<T>;
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
  const runPrepared = makePreparedRuns(pool);
  // AsyncLocalStorage carries the transaction's entity manager, so repositories need no handle of it.
  const em = (): EntityManager => orm.em.getContext();
  const feed = makeChangeFeed({ newClient: (stream) => newFeedClient(pool, stream), warn: options.warn });
  const announce = (tags: Iterable<Tag>): Promise<void> =>
    options.silent === true ? Promise.resolve() : feed.announce(tags);
  const changes = new AsyncLocalStorage<Set<Tag>>();
  return {
    feed,
    em,
    transactional: async (work) => {
      if (em().isInTransaction()) return work();
      const changed = new Set<Tag>();
      const attempt = () => {
        changed.clear();
        return orm.em.fork().transactional(() => work());
      };
      try {
        const result = await changes.run(changed, () => retryConflicts(attempt));
        await announce(changed);
        return result;
      } catch (error) {
        // A connection that is lost while it commits does not tell whether it has.
        if (!(error instanceof DomainError)) void announce(changed);
        throw error;
      }
    },
    changed: async (...tags) => {
      const ours = changes.getStore();
      if (ours === undefined) return announce(tags);
      if (options.silent !== true) feed.prepare();
      for (const tag of tags) ours.add(tag);
    },
    run: async <R>(statement: NamedStatement) => {
      const current = em();
      // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the statement was built to answer such rows
      if (!current.isInTransaction()) return (await runPrepared(statement)) as readonly R[];
      const { rows } = await current
        .getKysely()
        .executeQuery<R>(CompiledQuery.raw(statement.text, [...statement.values]));
      return rows;
    },
    migrating: async (work) => {
      const migrating = await openOrm({ ...options, pool: { ...options.pool, min: 0, max: 2 } }, MIGRATION_TIMEOUTS);
      try {
        return await work(migrating.migrator);
      } finally {
        await migrating.close();
      }
    },
    schema: orm.schema,
    close: async () => {
      await feed.close();
      await orm.close();
    },
  };
}

/** To the same place as the pool's, and none of it. */
function newFeedClient({ options }: pg.Pool, stream: () => Socket): pg.Client {
  const { host, port, user, database, password, ssl, application_name } = options;
  const connectionTimeoutMillis = 2000;
  return new pg.Client({
    ...{ host, port, user, database, password, ssl, application_name },
    connectionTimeoutMillis,
    keepAlive: true,
    stream,
  });
}

/** A unix socket is not encrypted, whatever the environment asks of other connections. */
const UNENCRYPTED = { ssl: false } as const;

/** What a URL asks for by `sslmode`, `sslrootcert` and their like: MikroORM would connect without. */
function encryption(url: string): Pick<pg.ClientConfig, 'ssl'> {
  const { ssl } = parseIntoClientConfig(url);
  return ssl === undefined ? {} : { ssl };
}

function openOrm(
  options: DatabaseOptions,
  timeouts: Readonly<Record<keyof typeof TIMEOUTS, number>>,
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
      // See run-prepared.ts; whoever waits for each answer does not notice.
      pipeline: true,
      ...timeouts,
      onPoolCreated: (created: pg.Pool) => {
        // MikroORM's own would hand dates out as texts, for its entities to read.
        created.options.types = typeParsers;
        giveBackLost(created);
        hideRowValues(created);
        limitPoolWait(created, pool.waitMs ?? WAIT_MS);
      },
      ...('url' in target ? encryption(target.url) : UNENCRYPTED),
    },
    timezone: 'UTC',
    // A misspelt name must be told, not created.
    ensureDatabase: false,
    extensions: [Migrator],
    migrations: {
      path: MIGRATIONS_FOLDER,
      tableName: MIGRATIONS_TABLE,
      // Each in a transaction of its own, so that one may opt out of it for CREATE INDEX CONCURRENTLY.
      allOrNothing: false,
      snapshot: false,
      silent: true,
      fileName: (timestamp, name) => `${timestamp}-${name ?? 'change-schema'}`,
    },
    // Nothing is ever loaded into an identity map: repositories insert, update and read by SQL.
    allowGlobalContext: true,
    logger: (message) => {
      options.warn('database_message', { message });
    },
    colors: false,
  });
}
