import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from 'inversify';
import type { LocalCore } from '../../adapters/cli/host.ts';
import { makeCursors } from '../../adapters/operations/cursor.ts';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import type { AnswerCache } from '../../adapters/http/cached-answer.ts';
import type { Authenticate } from '../../core/auth/authenticate.ts';
import type { Identify } from '../../core/auth/identify.ts';
import type { ReadAccessToken } from '../../core/auth/read-access-token.ts';
import type { Clock } from '../../core/shared/clock.ts';
import type { Logger } from '../../core/shared/logger.ts';
import type { Migrations } from '../../core/shared/migrations.ts';
import type { Readiness } from '../../core/shared/readiness.ts';
import { rehearse } from '../../core/shared/rehearse.ts';
import type { Config } from '../config/config.ts';
import { keptSecret, makeDataFolder } from '../config/data-folder.ts';
import { deriveKey } from '../crypto/derive-key.ts';
import { type ConnectionTarget, type Database, openDatabase } from '../database/database.ts';
import { type DatabasePlace, placeOfUrl } from '../database/database-url.ts';
import { expectGoodPooler } from '../database/expect-pooler.ts';
import { firstConnection } from '../database/first-connection.ts';
import { joinEmbeddedDatabase } from '../database/embedded/embedded-database.ts';
import { expectKnownSchema, makeMigrations } from '../database/migrations.ts';
import { AUTHENTICATE, IDENTIFY, READ_ACCESS_TOKEN, RESET_PASSWORD, SUSPEND_USER } from './auth.ts';
import { makeAnswerCache } from './cache.ts';
import { CURSORS, ENDPOINTS, LOGGER, type Token, makeBinder } from './binder.ts';
import { features } from './features.ts';
import { DOOR, type Door, READINESS } from './health.ts';
import { REDIS, type Redis } from './redis.ts';
import { CLOCK, CONFIG, DATABASE, ROWS, SECRETS, TRANSACTION } from './shared.ts';
import { ACTIVATE_USER, CREATE_USER, USER_QUERIES } from './users.ts';

/** The core, wired to a database: what the adapters are given. Adapters never see the container. */
export interface Application {
  readonly endpoints: readonly Endpoint[];
  readonly rehearse: LocalCore['rehearse'];
  readonly authenticate: Authenticate;
  readonly identify: Identify;
  readonly readAccessToken: ReadAccessToken;
  /** For admins on the machine. */
  readonly users: LocalCore['users'];
  readonly migrations: Migrations;
  readonly readiness: () => Promise<Readiness>;
  readonly door: Door;
  readonly redis: Redis;
  /** Begins to cache answers; null where that is switched off. To be called once, by a server. */
  openCache(): Promise<AnswerCache | null>;
  /** Where the data lies, for people. */
  readonly place: string;
  close(): Promise<void>;
}

interface ApplicationOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Names this process's connections to the database. */
  readonly name: string;
  /** Of the program. */
  readonly version: string;
  /** Milliseconds before each further try to reach the database; none by default. */
  readonly backoff?: readonly number[];
  /** Instead of the system's, for tests. */
  readonly clock?: Clock;
}

const CLOSING_MS = 1000;

/** Opens the database that the configuration names, starting the embedded one where none is named. */
export async function openApplication({
  config,
  logger,
  name,
  version,
  backoff = [],
  clock,
}: ApplicationOptions): Promise<Application> {
  const found = await findDatabase(config, logger, name);
  try {
    const database = await openDatabase({
      target: found.target,
      rows: features.flatMap(({ rows }) => rows),
      pool: config.pool,
      applicationName: name,
      silent: !config.cache,
      warn: (event, fields) => {
        logger.warn(event, fields);
      },
    });
    let isPooled: boolean;
    try {
      await firstConnection(database, found.place, {
        tryMs: config.pool.acquireMs,
        backoff,
        waiting: (message) => {
          logger.warn('database_awaited', { message });
        },
      });
      isPooled = await expectGoodPooler(database, found.place.name, (event, message) => {
        logger.warn(event, { message });
      });
      await expectKnownSchema(database, version);
    } catch (error) {
      // What does not answer may not let itself be closed either.
      database.close().catch(() => undefined);
      throw error;
    }
    const container = await buildContainer(config, database, logger, clock ?? { now: () => new Date() });
    const get = <T>({ id }: Token<T>): T => container.get<T>(id);
    const redis = get(REDIS);
    return {
      endpoints: container.getAll<readonly Endpoint[]>(ENDPOINTS.id).flat(),
      rehearse: (work) => rehearse(get(TRANSACTION), work),
      authenticate: get(AUTHENTICATE),
      identify: get(IDENTIFY),
      readAccessToken: get(READ_ACCESS_TOKEN),
      users: {
        create: get(CREATE_USER),
        suspend: get(SUSPEND_USER),
        activate: get(ACTIVATE_USER),
        resetPassword: get(RESET_PASSWORD),
        queries: get(USER_QUERIES),
      },
      migrations: makeMigrations(database, found.target, version),
      readiness: get(READINESS),
      door: get(DOOR),
      redis,
      openCache: async () => {
        if (isPooled) {
          const message = 'Behind a pooler of transactions nobody hears of changes, so no answers are cached';
          logger.info('cache_is_off', { message });
          return null;
        }
        return makeAnswerCache({ config, redis, feed: database.feed, clock: get(CLOCK) });
      },
      place: found.place.name,
      close: async () => {
        await redis.close();
        await closeInTime(database);
        await found.leave();
      },
    };
  } catch (error) {
    await found.leave();
    throw error;
  }
}

/**
 * A query that nobody waits for any more must not hold up the end, PostgreSQL rolls it back; and pg's pool can wait for
 * ever for a connection that was lost.
 */
async function closeInTime(database: Database): Promise<void> {
  const closed = new AbortController();
  const late = sleep(CLOSING_MS, undefined, { signal: closed.signal }).catch(() => undefined);
  await Promise.race([database.close(), late]);
  closed.abort();
}

interface FoundDatabase {
  readonly target: ConnectionTarget;
  readonly place: DatabasePlace;
  leave(): Promise<void>;
}

async function findDatabase(config: Config, logger: Logger, name: string): Promise<FoundDatabase> {
  if (config.databaseUrl !== null) {
    return {
      target: { url: config.databaseUrl },
      place: placeOfUrl(config.databaseUrl),
      leave: () => Promise.resolve(),
    };
  }
  await makeDataFolder(config.dataFolder);
  const embedded = await joinEmbeddedDatabase({
    dataFolder: config.dataFolder,
    applicationName: name,
    log: (level, message) => {
      logger[level]('embedded_database', { message });
    },
  });
  return {
    target: embedded.connection,
    place: { name: embedded.folder, advice: `See its log in ${embedded.folder}/log, then try again.` },
    leave: () => embedded.leave(),
  };
}

async function buildContainer(config: Config, database: Database, logger: Logger, clock: Clock): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  const binder = makeBinder(container);
  for (const feature of features) feature.register(binder);

  const secrets = { current: await signingSecret(config), previous: config.jwtSecretPrevious };
  container.bind(CLOCK.id).toConstantValue(clock);
  container.bind(CONFIG.id).toConstantValue(config);
  container.bind(DATABASE.id).toConstantValue(database);
  container.bind(LOGGER.id).toConstantValue(logger);
  container.bind(ROWS.id).toConstantValue(features.flatMap(({ rows }) => rows));
  container.bind(SECRETS.id).toConstantValue(secrets);
  const previousKey = secrets.previous === null ? null : deriveKey(secrets.previous, 'cursors');
  container.bind(CURSORS.id).toConstantValue(makeCursors(deriveKey(secrets.current, 'cursors'), previousKey));
  return container;
}

async function signingSecret(config: Config): Promise<string> {
  if (config.jwtSecret !== null) return config.jwtSecret;
  await makeDataFolder(config.dataFolder);
  return keptSecret(config.dataFolder);
}
