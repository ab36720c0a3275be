import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { Selectable } from 'kysely';
import { notFound } from '../../core/shared/errors.ts';
import { USER_STATUSES, type User, usernameKey } from '../../core/users/user.ts';
import type { UserRepository } from '../../core/users/user-repository.ts';
import { userTag } from './change-feed/tag.ts';
import { naming } from './constraint.ts';
import type { Database } from './database.ts';
import { prepareInsert, prepareSave } from './row-statements.ts';

export const UserRow = defineEntity({
  name: 'UserRow',
  tableName: 'users',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    username: p.text(),
    username_key: p.text(),
    password_hash: p.text(),
    status: p.text().$type<User['status']>().default('active'),
    created_at: p.datetime(3),
    updated_at: p.datetime(3),
    version: p.integer(),
  },
  uniques: [
    { name: 'users_email_unique', properties: ['email'] },
    { name: 'users_username_unique', properties: ['username_key'] },
  ],
  checks: [
    {
      name: 'users_status_check',
      expression: `status in (${USER_STATUSES.map((status) => `'${status}'`).join(', ')})`,
    },
    { name: 'users_email_check', expression: 'length(email) >= 3 and length(email) <= 255' },
    { name: 'users_username_check', expression: 'length(username) >= 3 and length(username) <= 32' },
  ],
});

export type UserTables = InferKyselyDB<typeof UserRow>;

const explain = naming({
  users_email_unique: {
    code: 'email_taken',
    message: 'There is an account with this e-mail address already. Log in, or use another address.',
  },
  users_username_unique: { code: 'username_taken', message: 'This user name is taken. Choose another.' },
});

export function makeUserRepository(database: Database): UserRepository {
  const insert = prepareInsert<Row>(database, UserRow);
  const update = prepareSave<Row>(database, UserRow);
  const users = () => database.tables<UserTables>().selectFrom('users').selectAll();
  return {
    add: (user) => insert(toRow(user), explain),
    save: async (user) => {
      await update(toRow(user), explain);
      await database.changed(userTag(user.id));
    },
    find: async (id) => toUserOrNull(await users().where('id', '=', id).executeTakeFirst()),
    findByEmail: async (email) => toUserOrNull(await users().where('email', '=', email).executeTakeFirst()),
    getForUpdate: async (id) => {
      const row = await users().where('id', '=', id).forUpdate().executeTakeFirst();
      if (row === undefined) throw notFound();
      return toUser(row);
    },
  };
}

type Row = Selectable<UserTables['users']>;

function toUserOrNull(row: Row | undefined): User | null {
  return row === undefined ? null : toUser(row);
}

function toUser(row: Row): User {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    passwordHash: row.password_hash,
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

function toRow(user: User): Row {
  return {
    id: user.id,
    email: user.email,
    username: user.username,
    username_key: usernameKey(user.username),
    password_hash: user.passwordHash,
    status: user.status,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
    version: user.version,
  };
}
