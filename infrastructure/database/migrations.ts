import pg from 'pg';
import type { Migrations } from '../../core/shared/migrations.ts';
import type { ConnectionTarget, Database } from './database.ts';
import { MIGRATIONS_TABLE, migrationNames } from './migrations-folder.ts';

/** Any number, but this one for good: every version of Lazy Foundry must take the same lock. */
const LOCK = 7_229_514_003;

export function makeMigrations(database: Database, target: ConnectionTarget): Migrations {
  return {
    up: async () => {
      if (!(await isPending(database))) return [];
      return exclusively(target, () => database.migrating(async (migrator) => namesOf(await migrator.up())));
    },
    down: () => exclusively(target, () => database.migrating(async (migrator) => namesOf(await migrator.down()))),
    status: async () => {
      const executed = await executedMigrations(database);
      return (await migrationNames()).map((name) => ({ name, executedAt: executed.get(name) ?? null }));
    },
    create: async (name) => {
      const { fileName } = await database.migrating((migrator) => migrator.create(undefined, false, false, name));
      return fileName === '' ? '' : `migrations/${fileName}`;
    },
  };
}

/** Whether this version knows a migration that the database has not had. */
export async function isPending(database: Database): Promise<boolean> {
  const executed = await executedMigrations(database);
  return (await migrationNames()).some((name) => !executed.has(name));
}

async function executedMigrations(database: Database): Promise<ReadonlyMap<string, Date>> {
  const table = await database.run<{ present: boolean }>({
    text: 'select to_regclass($1) is not null as present',
    values: [MIGRATIONS_TABLE],
  });
  if (table.rows[0]?.present !== true) return new Map();
  const { rows } = await database.run<{ name: string; executedAt: string }>({
    text: `select name, executed_at from ${MIGRATIONS_TABLE}`,
    values: [],
  });
  return new Map(rows.map(({ name, executedAt }) => [name, new Date(executedAt)]));
}

function namesOf(migrations: readonly { readonly name: string }[]): readonly string[] {
  return migrations.map(({ name }) => name);
}

/** On a connection of its own: the lock goes with it, however this process ends. */
async function exclusively<T>(target: ConnectionTarget, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client('url' in target ? { connectionString: target.url } : { ...target, ssl: false });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    return await work();
  } finally {
    await client.end();
  }
}
