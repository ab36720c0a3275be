import { defineEntity, p } from '@mikro-orm/postgresql';
import { notFound } from '../../core/shared/errors.ts';
import { USER_STATUSES, type User, usernameKey } from '../../core/users/user.ts';
import type { UserRepository } from '../../core/users/user-repository.ts';
import { loadUsernameLook } from '../confusables/username-look.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { type RowOf, type TablesOf, isBetween, isOneOf } from './row-schema.ts';
import { makeTable } from './table.ts';

export const UserRow = defineEntity({
  name: 'UserRow',
  tableName: 'users',
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    username: p.text(),
    usernameKey: p.text(),
    /** Null for a name that had its look in common with an older one before looks were compared. */
    usernameLook: p.text().nullable(),
    passwordHash: p.text(),
    status: p.text().$type<User['status']>().default('active'),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    version: p.integer(),
  },
  uniques: [
    { name: 'users_email_unique', properties: ['email'] },
    { name: 'users_username_unique', properties: ['usernameKey'] },
    { name: 'users_username_look_unique', properties: ['usernameLook'] },
  ],
  checks: [
    { name: 'users_status_check', expression: isOneOf('status', USER_STATUSES) },
    { name: 'users_email_check', expression: isBetween('length(email)', 3, 255) },
    { name: 'users_username_check', expression: isBetween('length(username)', 2, 32) },
  ],
});

export type UserTables = TablesOf<typeof UserRow>;

export function makeUserRepository(database: Database): UserRepository {
  const users = makeTable(database, UserRow, {
    users_email_unique: {
      code: 'email_taken',
      message: 'There is an account with this e-mail address already. Log in, or use another address.',
    },
    users_username_unique: { code: 'username_taken', message: 'This user name is taken. Choose another.' },
    users_username_look_unique: {
      code: 'username_taken',
      message: 'This user name looks like one that is taken. Choose another.',
    },
  });
  const columns = 'id, email, username, password_hash, status, created_at, updated_at, version';
  const byId = prepareText<User>(database, `select ${columns} from users where id = $1`);
  const byEmail = prepareText<User>(database, `select ${columns} from users where email = $1`);
  const locked = prepareText<User>(database, `select ${columns} from users where id = $1 for update`);
  const kept = prepareText<Named>(database, 'select username, username_key, username_look from users where id = $1');
  return {
    add: async (user) => {
      await users.insert({ ...user, ...(await named(user)) });
    },
    save: async (user) => {
      // A name that stays keeps what it has: it may be older than the rule that it would break.
      const [before] = await kept(user.id);
      await users.save({ ...user, ...(before?.username === user.username ? before : await named(user)) });
      await database.changed(userTag(user.id));
    },
    find: async (id) => (await byId(id))[0] ?? null,
    findByEmail: async (email) => (await byEmail(email))[0] ?? null,
    getForUpdate: async (id) => {
      const [user] = await locked(id);
      if (user === undefined) throw notFound();
      return user;
    },
  };
}

type Named = Pick<RowOf<typeof UserRow>, 'username' | 'usernameKey' | 'usernameLook'>;

async function named({ username }: User): Promise<Named> {
  const look = await loadUsernameLook();
  return { username, usernameKey: usernameKey(username), usernameLook: look(username) };
}
