import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { features } from '../../infrastructure/container/features.ts';
import { type ConnectionTarget, type Database, openDatabase } from '../../infrastructure/database/database.ts';
import {
  type EmbeddedDatabase,
  joinEmbeddedDatabase,
} from '../../infrastructure/database/embedded/embedded-database.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';

const TEMPLATE = 'template_migrated';

/** One PostgreSQL for the whole run, from the embedded binaries, in a temporary folder. */
export interface TestCluster {
  /** A new database with every migration applied. */
  migrated(): Promise<ConnectionTarget>;
  /** A new database with nothing in it. */
  empty(): Promise<ConnectionTarget>;
  stop(): Promise<void>;
}

let running: Promise<TestCluster> | null = null;

/** Started when the first test asks; `stopTestCluster` ends it after the last. */
export function testCluster(): Promise<TestCluster> {
  running ??= start();
  return running;
}

export async function stopTestCluster(): Promise<void> {
  await (await running)?.stop();
  running = null;
}

export function openTestDatabase(
  target: ConnectionTarget,
  { connections = 10 }: { readonly connections?: number } = {},
): Promise<Database> {
  return openDatabase({
    target,
    rows: features.flatMap(({ rows }) => rows),
    pool: { min: 0, max: connections, acquireMs: 10_000, waitMs: 10_000, idleMs: 1000 },
    applicationName: 'lazy-foundry tests',
    warn: () => undefined,
  });
}

/** The same database as a URL, for what is configured by one. A socket's folder goes where the host does (libpq, 32.1.1.2). */
export function databaseUrl(target: ConnectionTarget): string {
  if ('url' in target) return target.url;
  const { host, port, user, database } = target;
  return `postgresql://${user}@${encodeURIComponent(host)}:${port}/${database}`;
}

async function start(): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-test-'));
  // Where root runs the tests, the account that runs PostgreSQL must be able to get through.
  await chmod(folder, 0o755);
  const cluster = await joinEmbeddedDatabase({ dataFolder: folder, applicationName: 'lazy-foundry tests' });
  let count = 0;
  const create = async (template: string): Promise<ConnectionTarget> => {
    count += 1;
    const database = `test_${count}`;
    await execute(cluster, `create database ${database} template ${template}`);
    return { ...cluster.connection, database };
  };

  await execute(cluster, `create database ${TEMPLATE}`);
  const target = { ...cluster.connection, database: TEMPLATE };
  const database = await openTestDatabase(target);
  await makeMigrations(database, target).up();
  await database.close();

  return {
    migrated: () => create(TEMPLATE),
    empty: () => create('template0'),
    stop: async () => {
      await cluster.leave();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function execute({ connection }: EmbeddedDatabase, statement: string): Promise<void> {
  const client = new pg.Client({
    ...connection,
    database: 'postgres',
    ssl: false,
    application_name: 'lazy-foundry tests',
  });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
