import { DomainError } from '../../core/shared/errors.ts';
import type { Database } from './database.ts';

/** The connections of a server have this before its process id for a name, by which PostgreSQL lists them. */
export const SERVER_NAME = 'lazy-foundry server ';

/** @throws DomainError `illegal_transition` where a server is connected to the database, whoever started it and where */
export async function expectNoServer(database: Pick<Database, 'run'>): Promise<void> {
  const { rows } = await database.run<{ name: string }>({
    text: `select distinct application_name as name from pg_stat_activity
           where datname = current_database() and starts_with(application_name, $1)`,
    values: [SERVER_NAME],
  });
  const [first] = rows;
  if (first === undefined) return;
  throw new DomainError(
    'illegal_transition',
    `A server runs on this database (process ${first.name.slice(SERVER_NAME.length)}), and would fail without what is reverted. Stop it, then try again.`,
  );
}
