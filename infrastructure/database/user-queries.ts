import type { Kysely } from 'kysely';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import type { Database } from './database.ts';
import { endingPattern } from './id-ending.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepareText } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { UserTables } from './user-repository.ts';

export function makeUserQueries(database: Database, { prepare }: Reader): UserQueries {
  const columns = 'id, email, username, status, created_at, version';
  const me = prepare((tables: Kysely<UserTables>, { of }: Values<ForViewer>) =>
    tables
      .selectFrom('users')
      .select(['id', 'email', 'username', 'status', 'createdAt', 'version'])
      .where('id', '=', of('viewerId')),
  );
  const byId = prepareText<UserRecord>(database, `select ${columns} from users where id = $1`);
  const byEmail = prepareText<UserRecord>(database, `select ${columns} from users where email = $1`);
  const byIdEnding = prepareText<UserRecord>(
    database,
    `select ${columns} from users where id::text like $1 order by id limit $2`,
  );
  const listed = prepareText<UserRecord>(
    database,
    `select ${columns} from users where $1::uuid is null or id > $1 order by id limit $2`,
  );
  return {
    findMe: async (viewer) => (await me(viewer, {}))[0] ?? null,
    find: async (id) => (await byId(id))[0] ?? null,
    findByEmail: async (email) => (await byEmail(email))[0] ?? null,
    findByIdEnding: (ending, limit) => byIdEnding(endingPattern(ending), limit),
    list: async (page) => {
      const rows = await listed(textAt(page.after, 0), page.limit + 1);
      return toPage(rows, page, ({ id }) => [id]);
    },
  };
}
