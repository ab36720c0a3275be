import pg from 'pg';
import { features } from '../../infrastructure/container/features.ts';
import { type ConnectionTarget, type Database, openDatabase } from '../../infrastructure/database/database.ts';
import {
  type EmbeddedDatabase,
  joinEmbeddedDatabase,
} from '../../infrastructure/database/embedded/embedded-database.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import { runFolder } from './test-run.ts';

const TEMPLATE = 'template_migrated';

/** One PostgreSQL for the whole run, from the embedded binaries, in the run's folder. */
interface TestCluster {
  /** A new database with every migration applied. */
  migrated(): Promise<ConnectionTarget>;
  /** A new database with nothing in it. */
  empty(): Promise<ConnectionTarget>;
}

const applicationName = 'lazy-foundry tests';

let joined: Promise<EmbeddedDatabase> | null = null;
let running: Promise<TestCluster> | null = null;

/** Started when the first test of the run asks; `stopTestCluster` ends it after the last. */
export function testCluster(): Promise<TestCluster> {
  running ??= start();
  return running;
}

/** Call it when no test runs any more. */
export async function stopTestCluster(): Promise<void> {
  await (await join()).leave();
}

function join(): Promise<EmbeddedDatabase> {
  joined ??= joinEmbeddedDatabase({ dataFolder: runFolder(), applicationName });
  return joined;
}

export function openTestDatabase(
  target: ConnectionTarget,
  { connections = 10, announces = false }: { readonly connections?: number; readonly announces?: boolean } = {},
): Promise<Database> {
  return openDatabase({
    target,
    rows: features.flatMap(({ rows }) => rows),
    pool: { min: 0, max: connections, acquireMs: 10_000, waitMs: 10_000, idleMs: 1000 },
    applicationName,
    ...(!announces && { silent: true }),
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
  const cluster = await join();
  let count = 0;
  const create = async (template: string): Promise<ConnectionTarget> => {
    count += 1;
    const database = `test_${process.pid}_${count}`;
    await asAdmin(cluster, (admin) => admin.query(`create database ${database} template ${template}`));
    return { ...cluster.connection, database };
  };
  await makeTemplate(cluster);
  return { migrated: () => create(TEMPLATE), empty: () => create('template0') };
}

/** Made by the first process that comes, while others wait. */
async function makeTemplate(cluster: EmbeddedDatabase): Promise<void> {
  await asAdmin(cluster, async (admin) => {
    await admin.query('select pg_advisory_lock(1)');
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount !== 0) return;
    // No test crashes this one, so no commit need wait for the disk.
    await admin.query('alter system set synchronous_commit = off');
    await admin.query('select pg_reload_conf()');
    await admin.query(`create database ${TEMPLATE}`);
    const target = { ...cluster.connection, database: TEMPLATE };
    const database = await openTestDatabase(target);
    await makeMigrations(database, target, '0.0.0').up();
    await database.close();
  });
}

async function asAdmin<T>({ connection }: EmbeddedDatabase, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ ...connection, database: 'postgres', ssl: false, application_name: applicationName });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
