import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { joinEmbeddedDatabase } from '../infrastructure/database/embedded/embedded-database.ts';
import { makeMigrations } from '../infrastructure/database/migrations.ts';
import { databaseUrl, openTestDatabase } from '../test/support/test-cluster.ts';

/** One PostgreSQL for the whole run: the project's own binaries, in a temporary folder, as safe as in use (fsync on). */
export interface Cluster {
  /** For what a run writes besides. */
  readonly folder: string;
  readonly postmaster: number;
  readonly version: string;
  /** A database with every migration and then what `fill` puts into it. */
  build(name: string, fill: (client: pg.Client) => Promise<void>): Promise<void>;
  /** A copy of a built database, for one server to change. Answers its URL. */
  copy(template: string): Promise<string>;
  drop(url: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-bench-'));
  // Where root measures, the account that runs PostgreSQL must be able to get through.
  await chmod(folder, 0o755);
  const cluster = await joinEmbeddedDatabase({ dataFolder: folder, applicationName: 'lazy-foundry bench' });
  const targetOf = (database: string) => ({ ...cluster.connection, database });
  const connected = async <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ ...targetOf(database), ssl: false, application_name: 'lazy-foundry bench' });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const execute = (...statements: readonly string[]) =>
    connected('postgres', async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  const version = await connected('postgres', async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
  let copies = 0;
  return {
    folder,
    postmaster: Number(readFileSync(join(cluster.folder, 'postmaster.pid'), 'utf8').split('\n', 1)[0]),
    version,
    build: async (name, fill) => {
      await execute(`create database ${name}`);
      const database = await openTestDatabase(targetOf(name));
      await makeMigrations(database, targetOf(name), '0.0.0').up();
      await database.close();
      await connected(name, fill);
    },
    copy: async (template) => {
      copies += 1;
      const database = `copy_${copies}`;
      await execute(`create database ${database} template ${template} strategy file_copy`);
      return databaseUrl(targetOf(database));
    },
    drop: (url) => execute(`drop database ${new URL(url).pathname.slice(1)} with (force)`, 'checkpoint'),
    stop: async () => {
      await cluster.leave();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
