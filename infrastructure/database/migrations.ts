import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DomainError } from '../../core/shared/errors.ts';
import type { Migrations } from '../../core/shared/migrations.ts';
import type { ConnectionTarget, Database } from './database.ts';
import { expectNoServer } from './expect-no-server.ts';
import { MIGRATIONS_TABLE, migrationNames } from './migrations-folder.ts';
import { revertLast } from './revert-migration.ts';

/** Any number, but this one for good: every version of Lazy Foundry must take the same lock. */
const LOCK = 7_229_514_003;
/** Milliseconds between two looks whether another process has done with it. */
const EVERY = 50;

/** @param version the program's, which whoever finds the database newer than itself is told */
export function makeMigrations(database: Database, target: ConnectionTarget, version: string): Migrations {
  return {
    up: async () => {
      if (!(await isPending(database))) return [];
      return exclusively(target, async (client) => {
        await expectKnownSchema(database, version);
        const applied = await database.migrating(({ migrator }) => migrator.up());
        // In the catalog, which dumps have too: no table for one text.
        await client.query(`comment on table ${MIGRATIONS_TABLE} is ${client.escapeLiteral(version)}`);
        return applied.map(({ name }) => name);
      });
    },
    down: (approve) =>
      exclusively(target, async () => {
        await expectKnownSchema(database, version);
        await expectNoServer(database);
        const last = [...(await executedMigrations(database)).keys()].at(-1);
        if (last === undefined) return [];
        return revertLast(database, last, async (revert) => {
          await approve(revert);
          // Somebody may have thought about it for long.
          await expectNoServer(database);
        });
      }),
    status: async () => {
      const executed = await executedMigrations(database);
      return (await migrationNames()).map((name) => ({ name, executedAt: executed.get(name) ?? null }));
    },
    create: async (name) => {
      const { fileName } = await database.migrating(({ migrator }) => migrator.create(undefined, false, false, name));
      return fileName === '' ? '' : `migrations/${fileName}`;
    },
  };
}

/** Whether this version knows a migration that the database has not had. */
export async function isPending(database: Pick<Database, 'run'>): Promise<boolean> {
  const executed = await executedMigrations(database);
  return (await migrationNames()).some((name) => !executed.has(name));
}

/**
 * What this version does not know it would spoil, or lay open, without noticing. A server that runs goes on beside a
 * newer schema, which is made for that; what starts must know it.
 * @throws DomainError `unavailable` where the database has had a migration that this version does not know
 */
export async function expectKnownSchema(database: Pick<Database, 'run'>, version: string): Promise<void> {
  const known = new Set(await migrationNames());
  const unknown = [...(await executedMigrations(database)).keys()].filter((name) => !known.has(name)).at(-1);
  if (unknown === undefined) return;
  const { rows } = await database.run<{ version: string | null }>({
    text: `select obj_description(to_regclass($1), 'pg_class') as version`,
    values: [MIGRATIONS_TABLE],
  });
  const maker = rows[0]?.version ?? null;
  const needed = maker === null || maker === version ? 'a later build' : `version ${maker} or later`;
  throw new DomainError(
    'unavailable',
    `The database is newer than this Lazy Foundry, which is ${version} and does not know ${unknown}. ` +
      `Use ${needed} here. Or restore the backup that you made before the update, and go on with ${version}.`,
  );
}

/** In the order in which they were applied; none where there is no table of them yet. */
async function executedMigrations(database: Pick<Database, 'run'>): Promise<ReadonlyMap<string, Date>> {
  const table = await database.run<{ present: boolean }>({
    text: 'select to_regclass($1) is not null as present',
    values: [MIGRATIONS_TABLE],
  });
  if (table.rows[0]?.present !== true) return new Map();
  const { rows } = await database.run<{ name: string; executedAt: string }>({
    text: `select name, executed_at from ${MIGRATIONS_TABLE} order by id`,
    values: [],
  });
  return new Map(rows.map(({ name, executedAt }) => [name, new Date(executedAt)]));
}

/** Without parameters: with them the statement stays open, and keeps its snapshot, for which the same waits. */
async function isLocked(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${LOCK}) as mine`);
  return rows[0]?.mine === true;
}

/**
 * On a connection of its own: the lock goes with it, however this process ends. It is the transaction's, since a pooler
 * that pools transactions would keep one of the session for somebody else.
 */
async function exclusively<T>(target: ConnectionTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client('url' in target ? { connectionString: target.url } : { ...target, ssl: false });
  await client.connect();
  try {
    await client.query('begin');
    // The role may have been given limits, which are for requests.
    for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
      await client.query(`set local ${limit} = 0`);
    }
    // Asked for again and again: a statement that waits for it is one that making an index concurrently waits for.
    while (!(await isLocked(client))) await sleep(EVERY);
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}
