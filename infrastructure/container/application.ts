import 'reflect-metadata';
import { Container } from 'inversify';
import { makeCursors } from '../../adapters/operations/cursor.ts';
import { type Readiness } from '../../adapters/operations/health.ts';
import { type Endpoint } from '../../adapters/operations/operation.ts';
import { type Authenticate } from '../../core/auth/authenticate.ts';
import { type Clock } from '../../core/shared/clock.ts';
import { type Logger } from '../../core/shared/logger.ts';
import { type CreateUser } from '../../core/users/create-user.ts';
import { type UserQueries } from '../../core/users/user-queries.ts';
import { type Config } from '../config/config.ts';
import { keptSecret, makeDataFolder } from '../config/data-folder.ts';
import { deriveKey } from '../crypto/derive-key.ts';
import { type ConnectionTarget, type Database, openDatabase } from '../database/database.ts';
import { joinEmbeddedDatabase } from '../database/embedded/embedded-database.ts';
import { type Migrations, makeMigrations } from '../database/migrations.ts';
import { AUTHENTICATE } from './auth.ts';
import { CURSORS, ENDPOINTS, type Token, makeBinder } from './binder.ts';
import { features } from './features.ts';
import { DOOR, type Door, READINESS } from './health.ts';
import { CLOCK, CONFIG, DATABASE, SECRETS } from './shared.ts';
import { CREATE_USER, USER_QUERIES } from './users.ts';

/** The core, wired to a database: what the adapters are given. Adapters never see the container. */
export interface Application {
  readonly endpoints: readonly Endpoint[];
  readonly authenticate: Authenticate;
  readonly users: { readonly create: CreateUser; readonly queries: UserQueries };
  readonly migrations: Migrations;
  readonly readiness: () => Promise<Readiness>;
  readonly door: Door;
  /** Where the data lies, for people. */
  readonly place: string;
  close(): Promise<void>;
}

interface ApplicationOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Names this process's connections to the database. */
  readonly name: string;
  /** Instead of the system's, for tests. */
  readonly clock?: Clock;
}

/** Opens the database that the configuration names, starting the embedded one where none is named. */
export async function openApplication({ config, logger, name, clock }: ApplicationOptions): Promise<Application> {
  const found = await findDatabase(config, logger, name);
  try {
    const database = await openDatabase({
      target: found.target,
      rows: features.flatMap(({ rows }) => rows),
      pool: config.pool,
      applicationName: name,
      warn: (event, fields) => {
        logger.warn(event, fields);
      },
    });
    const container = await buildContainer(config, database, clock ?? { now: () => new Date() });
    const get = <T>({ id }: Token<T>): T => container.get<T>(id);
    return {
      endpoints: container.getAll<readonly Endpoint[]>(ENDPOINTS.id).flat(),
      authenticate: get(AUTHENTICATE),
      users: { create: get(CREATE_USER), queries: get(USER_QUERIES) },
      migrations: makeMigrations(database, found.target),
      readiness: get(READINESS),
      door: get(DOOR),
      place: found.place,
      close: async () => {
        await database.close();
        await found.leave();
      },
    };
  } catch (error) {
    await found.leave();
    throw error;
  }
}

interface FoundDatabase {
  readonly target: ConnectionTarget;
  readonly place: string;
  leave(): Promise<void>;
}

async function findDatabase(config: Config, logger: Logger, name: string): Promise<FoundDatabase> {
  if (config.databaseUrl !== null) {
    const { host, pathname } = new URL(config.databaseUrl);
    return {
      target: { url: config.databaseUrl },
      place: `PostgreSQL at ${host}${pathname}`,
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
  return { target: embedded.connection, place: embedded.folder, leave: () => embedded.leave() };
}

async function buildContainer(config: Config, database: Database, clock: Clock): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  const binder = makeBinder(container);
  for (const feature of features) feature.register(binder);

  const secrets = { current: await signingSecret(config), previous: config.jwtSecretPrevious };
  container.bind(CLOCK.id).toConstantValue(clock);
  container.bind(CONFIG.id).toConstantValue(config);
  container.bind(DATABASE.id).toConstantValue(database);
  container.bind(SECRETS.id).toConstantValue(secrets);
  container.bind(CURSORS.id).toConstantValue(makeCursors(deriveKey(secrets.current, 'cursors')));
  return container;
}

async function signingSecret(config: Config): Promise<string> {
  if (config.jwtSecret !== null) return config.jwtSecret;
  await makeDataFolder(config.dataFolder);
  return keptSecret(config.dataFolder);
}
