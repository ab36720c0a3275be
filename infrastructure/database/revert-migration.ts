import type { MikroORM } from '@mikro-orm/postgresql';
import { DomainError } from '../../core/shared/errors.ts';
import type { Loss, Migrations } from '../../core/shared/migrations.ts';
import type { Database } from './database.ts';
import { MIGRATIONS_TABLE, isTransactional } from './migrations-folder.ts';

type EntityManager = MikroORM['em'];

/** Ends the transaction in which a revert was only tried, with what it would have taken. */
class Tried extends Error {
  readonly lost: readonly Omit<Loss, 'count'>[];
  readonly changed: readonly Loss[];
  constructor(lost: readonly Omit<Loss, 'count'>[], changed: readonly Loss[]) {
    super('Only tried.');
    this.lost = lost;
    this.changed = changed;
  }
}

/**
 * Reverts the migration that was applied last. It is tried first, in a transaction that is rolled back, so that what is
 * told to be lost is what PostgreSQL itself has found missing. Call it under the migrations' lock.
 */
export async function revertLast(
  database: Pick<Database, 'migrating'>,
  name: string,
  approve: Parameters<Migrations['down']>[0],
): Promise<readonly string[]> {
  if (!(await isTransactional(name))) {
    await approve({ name, losses: null });
    return database.migrating(async ({ migrator }) => namesOf(await migrator.down()));
  }
  const losses = await database.migrating(async (orm) => {
    const found = await tryOut(orm);
    await expectNobodyLetIn(orm.em, { name, losses: found });
    return found;
  }, true);
  await approve({ name, losses });
  return database.migrating(
    ({ em, migrator }) =>
      em.transactional(async (inner) => {
        for (const { table } of losses) await inner.execute(`lock table ${quoted(table)} in access exclusive mode`);
        // Somebody may have been suspended since it was tried.
        await expectNobodyLetIn(inner, { name, losses });
        return namesOf(await migrator.down(within(inner)));
      }),
    true,
  );
}

/** What a migrator is told so that it works in the transaction that is open. */
function within(em: EntityManager): Parameters<MikroORM['migrator']['down']>[0] {
  const transaction: unknown = em.getTransactionContext();
  return { transaction };
}

function namesOf(migrations: readonly { readonly name: string }[]): readonly string[] {
  return migrations.map(({ name }) => name);
}

async function tryOut({ em, migrator }: Pick<MikroORM, 'migrator' | 'em'>): Promise<readonly Loss[]> {
  const tried = await em
    .transactional(async (inner) => {
      const before = await columnsOf(inner);
      await migrator.down(within(inner));
      const after = await columnsOf(inner);
      const changed = await inner.execute<Loss[]>(
        `select 'rows' as kind, relname as table, null as "column", (n_tup_upd + n_tup_del)::int as count
         from pg_stat_xact_user_tables
         where n_tup_upd + n_tup_del > 0 and relname <> '${MIGRATIONS_TABLE}' and schemaname = current_schema()
         order by relname`,
      );
      throw new Tried(missing(before, after), changed);
    })
    .catch((error: unknown) => {
      if (error instanceof Tried) return error;
      throw error;
    });
  const losses: Loss[] = [];
  for (const lost of tried.lost) losses.push({ ...lost, count: await countOf(em, lost) });
  return [...losses, ...tried.changed];
}

type Columns = ReadonlyMap<string, readonly string[]>;

/** Of every table. */
async function columnsOf(em: EntityManager): Promise<Columns> {
  const rows = await em.execute<{ table: string; columns: string[] }[]>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
     group by c.relname order by c.relname`,
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}

function missing(before: Columns, after: Columns): readonly Omit<Loss, 'count'>[] {
  return [...before].flatMap(([table, columns]): readonly Omit<Loss, 'count'>[] => {
    const left = after.get(table);
    if (left === undefined) return [{ kind: 'table', table, column: null }];
    return columns.filter((column) => !left.includes(column)).map((column) => ({ kind: 'column', table, column }));
  });
}

async function countOf(em: EntityManager, { table, column }: Pick<Loss, 'table' | 'column'>): Promise<number> {
  return count(em, table, column === null ? 'true' : `${quoted(column)} is not null`);
}

async function count(em: EntityManager, table: string, condition: string): Promise<number> {
  const rows = await em.execute<{ count: number }[]>(
    `select count(*)::int as count from ${quoted(table)} where ${condition}`,
  );
  return rows[0]?.count ?? 0;
}

/** By a moment in such a column something has come to an end, for good. */
const ENDS = /^(?:deleted|ended|expires|expired|revoked|rotated|suspended|closed)_at$/;

/**
 * A table that goes as a whole takes along whom it let in. A column that goes from a table that stays leaves them there,
 * and what it said against them is forgotten.
 * @throws DomainError `illegal_transition`
 */
async function expectNobodyLetIn(
  em: EntityManager,
  { name, losses }: { readonly name: string; readonly losses: readonly Loss[] },
): Promise<void> {
  for (const { table, column } of losses) {
    if (column === null) continue;
    if (table === 'users' && column === 'status') {
      const suspended = await count(em, table, `${quoted(column)} = 'suspended'`);
      if (suspended > 0) {
        throw letIn(name, suspended, 'suspended users', 'Activate them first if you mean it (foundry user activate)');
      }
    } else if (ENDS.test(column)) {
      const ended = await count(em, table, `${quoted(column)} is not null`);
      if (ended > 0) throw letIn(name, ended, `rows of ${table} with ${column}`, 'Delete them first if you mean it');
    }
  }
}

function letIn(name: string, many: number, what: string, advice: string): DomainError {
  return new DomainError(
    'illegal_transition',
    `Reverting ${name} would forget what has come to an end: ${what} (${many}) would be good again. ` +
      `${advice}; or restore the backup that you made before the update.`,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
