import type { Kysely, Selectable } from 'kysely';
import { claimedBy } from '../../core/shared/actor.ts';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import type { Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import type { Values } from './prepared-statement.ts';
import type { Reader } from './reader.ts';
import type { UserTables } from './user-repository.ts';

const COLUMNS = ['id', 'email', 'username', 'status', 'created_at', 'version'] as const;

export function makeUserQueries(database: Database, { prepare }: Reader): UserQueries {
  const me = prepare((tables: Kysely<UserTables>, { of }: Values<{ readonly viewerId: string }>) =>
    tables.selectFrom('users').select(COLUMNS).where('id', '=', of('viewerId')),
  );
  const users = () => database.tables<UserTables>().selectFrom('users').select(COLUMNS);
  return {
    findMe: async (viewer) => toRecordOrNull((await me(viewer, { viewerId: claimedBy(viewer).userId }))[0]),
    find: async (id) => toRecordOrNull(await users().where('id', '=', id).executeTakeFirst()),
    findByEmail: async (email) => toRecordOrNull(await users().where('email', '=', email).executeTakeFirst()),
    list: async (page) => {
      const rows = await users()
        .$if(page.after !== null, (query) => query.where('id', '>', textAt(page.after ?? [], 0)))
        .orderBy('id')
        .limit(page.limit + 1)
        .execute();
      return toPage(rows, page, toRecord, (row) => [row.id]);
    },
  };
}

type Row = Pick<Selectable<UserTables['users']>, 'id' | 'email' | 'username' | 'status' | 'created_at' | 'version'>;

function toRecordOrNull(row: Row | undefined): UserRecord | null {
  return row === undefined ? null : toRecord(row);
}

function toRecord({ id, email, username, status, created_at: createdAt, version }: Row): UserRecord {
  return { id, email, username, status, createdAt, version };
}
