import type { Kysely } from 'kysely';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import type { CampaignRow } from './campaign-repository.ts';
import type { Database } from './database.ts';
import { endingPattern } from './id-ending.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepareText } from './prepared-statement.ts';
import type { UserUsageRow } from './quotas.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { TablesOf } from './row-schema.ts';
import type { UserTables } from './user-repository.ts';

type UsageTables = TablesOf<typeof UserUsageRow | typeof CampaignRow>;

export function makeUserQueries(database: Database, { prepare }: Reader): UserQueries {
  const columns = 'id, email, username, status, created_at, version';
  const me = prepare((tables: Kysely<UserTables & UsageTables>, { of }: Values<ForViewer>) =>
    tables
      .selectFrom('users')
      .leftJoin('user_usage', 'user_usage.userId', 'users.id')
      .select(['id', 'email', 'username', 'status', 'createdAt', 'version', 'bytes'])
      .select(({ selectFrom }) =>
        selectFrom('campaigns')
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .whereRef('ownerId', '=', 'users.id')
          .where('deletedAt', 'is', null)
          .as('campaigns'),
      )
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
    findMe: async (viewer) => {
      const [found] = await me(viewer, {});
      if (found === undefined) return null;
      // PostgreSQL's bigint comes as text.
      const { campaigns, bytes, ...user } = found;
      return { ...user, usage: { campaigns: Number(campaigns), bytes: Number(bytes) } };
    },
    find: async (id) => (await byId(id))[0] ?? null,
    findByEmail: async (email) => (await byEmail(email))[0] ?? null,
    findByIdEnding: (ending, limit) => byIdEnding(endingPattern(ending), limit),
    list: async (page) => {
      const rows = await listed(textAt(page.after, 0), page.limit + 1);
      return toPage(rows, page, ({ id }) => [id]);
    },
  };
}
