import { Migrator } from '@mikro-orm/migrations';
import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { MIGRATIONS_FOLDER, MIGRATIONS_TABLE } from './migrations-folder.ts';
import { type LogFields } from '../../core/shared/logger.ts';

/** How to reach PostgreSQL: a URL, or the parts of a unix socket. */
export type ConnectionTarget =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export interface DatabaseOptions {
  readonly target: ConnectionTarget;
  /**
   * The row schemas of every feature. Their check constraints are written as PostgreSQL tells them (`>= 1 and <= 9`, not
   * `between`): MikroORM compares the texts, and would take each for a change to migrate.
   */
  readonly rows: readonly EntitySchema[];
  /** Connections kept, connections at most, and the milliseconds after which waiting, or idling, ends. */
  readonly pool: { readonly min: number; readonly max: number; readonly acquireMs: number; readonly idleMs: number };
  readonly applicationName: string;
  readonly warn: (event: string, fields: LogFields) => void;
}

/** MikroORM as the repositories, queries and migrations use it. */
export interface Database {
  /** Of the current transaction, if there is one. */
  em(): EntityManager;
  /** Runs `work` in a transaction of its own, or in the current one. */
  transactional<T>(work: () => Promise<T>): Promise<T>;
  readonly migrator: MikroORM['migrator'];
  readonly schema: MikroORM['schema'];
  close(): Promise<void>;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { target, pool } = options;
  const orm = await MikroORM.init({
    ...('url' in target
      ? { clientUrl: target.url }
      : { host: target.host, port: target.port, user: target.user, dbName: target.database }),
    entities: [...options.rows],
    pool: { min: pool.min, max: pool.max, idleTimeoutMillis: pool.idleMs },
    driverOptions: {
      connectionTimeoutMillis: pool.acquireMs,
      application_name: options.applicationName,
      // The driver's own parsers: MikroORM would hand dates out as texts, for its entities to read.
      onPoolCreated: (created: pg.Pool) => {
        delete created.options.types;
      },
      // A unix socket is not encrypted, whatever the environment asks of other connections.
      ...('host' in target && { ssl: false }),
    },
    timezone: 'UTC',
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
  // AsyncLocalStorage carries the transaction's entity manager, so repositories need no handle of it.
  const em = (): EntityManager => orm.em.getContext();
  return {
    em,
    transactional: (work) => (em().isInTransaction() ? work() : orm.em.fork().transactional(() => work())),
    migrator: orm.migrator,
    schema: orm.schema,
    close: () => orm.close(),
  };
}
