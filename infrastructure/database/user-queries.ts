import { type Selectable } from 'kysely';
import { type UserQueries, type UserRecord } from '../../core/users/user-queries.ts';
import { type Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type UserTables } from './user-repository.ts';

export function makeUserQueries(database: Database): UserQueries {
  const users = () =>
    database
      .em()
      .getKysely<UserTables>()
      .selectFrom('users')
      .select(['id', 'email', 'username', 'status', 'created_at', 'version']);
  return {
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
