import { DomainError } from '../../core/shared/errors.ts';
import type { Database } from './database.ts';

/** What a connection asks for, and who pools transactions does not pass on: then they are the role's. */
const LIMITS: Readonly<Record<string, string>> = {
  idle_in_transaction_session_timeout: '10s',
  lock_timeout: '2s',
  statement_timeout: '5s',
};

/**
 * Looks what stands between this program and PostgreSQL.
 * @param place where PostgreSQL should be, for people
 * @returns whether transactions are pooled: then nothing holds for longer than one, and no change is heard of
 * @throws DomainError `unavailable` for a pooler behind which requests would fail now and then
 */
export async function expectGoodPooler(
  database: Pick<Database, 'pooling' | 'poolerVersion' | 'run'>,
  place: string,
  warn: (event: string, message: string) => void,
): Promise<boolean> {
  const pooling = await database.pooling();
  if (pooling === 'none') return false;
  if (pooling === 'transactions') {
    await warnOfMissingLimits(database, warn);
    return true;
  }
  const version = await database.poolerVersion();
  const name = version === null ? 'a connection pooler' : `PgBouncer ${version}`;
  const fault =
    pooling === 'statements'
      ? 'which pools statements, so that there are no transactions'
      : 'which loses prepared statements, as PgBouncer does before 1.21, and later where max_prepared_statements is 0';
  throw new DomainError(
    'unavailable',
    `${place} is behind ${name}, ${fault}. Use PgBouncer 1.21 or later with pool_mode = transaction and ` +
      'max_prepared_statements = 200; or pool_mode = session; or let DATABASE_URL point past it.',
  );
}

async function warnOfMissingLimits(
  database: Pick<Database, 'run'>,
  warn: (event: string, message: string) => void,
): Promise<void> {
  const { rows } = await database.run<{ name: string; role: string }>({
    text: `select name, current_user as role from pg_settings where name = any($1) and setting = '0' order by name`,
    values: [Object.keys(LIMITS)],
  });
  const [first] = rows;
  if (first === undefined) return;
  const commands = rows.map(({ name, role }) => `alter role "${role}" set ${name} = '${LIMITS[name] ?? ''}'`);
  warn(
    'pooler_without_limits',
    `Behind this pooler a statement may take for ever, or hold its locks. In PostgreSQL: ${commands.join('; ')}`,
  );
}
