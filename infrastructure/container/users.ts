import { availableParallelism } from 'node:os';
import { userOperations } from '../../adapters/operations/users.ts';
import { type ActivateUser, makeActivateUser } from '../../core/users/activate-user.ts';
import { makeCreateUser } from '../../core/users/create-user.ts';
import type { CreateUser } from '../../core/users/create-user.ts';
import type { PasswordHasher, PasswordStrength } from '../../core/users/password.ts';
import { type PrepareUser, makePrepareUser } from '../../core/users/prepare-user.ts';
import { makeRenameUser } from '../../core/users/rename-user.ts';
import type { UserQueries } from '../../core/users/user-queries.ts';
import type { UserRepository } from '../../core/users/user-repository.ts';
import { makePasswordStrength } from '../crypto/password-strength.ts';
import { ARGON2_COST, makePasswordHasher } from '../crypto/password-hasher.ts';
import { makeUserQueries } from '../database/user-queries.ts';
import { UserRow, makeUserRepository } from '../database/user-repository.ts';
import { AUDIT } from './audit.ts';
import { type Feature, token } from './binder.ts';
import { CLOCK, CONFIG, DATABASE, IDS, PROVE, READER, TRANSACTION } from './shared.ts';

export const USERS = token<UserRepository>('users');
export const USER_QUERIES = token<UserQueries>('user queries');
export const HASHER = token<PasswordHasher>('password hasher');
export const PASSWORD_STRENGTH = token<PasswordStrength>('password strength');
export const PREPARE_USER = token<PrepareUser>('prepare user');
export const CREATE_USER = token<CreateUser>('create user');
export const ACTIVATE_USER = token<ActivateUser>('activate user');

// libuv has four threads by default, for files and name look-ups too: hashing must never take them all.
const HASHES_AT_ONCE = Math.max(1, Math.min(3, availableParallelism() - 1));

export const users: Feature = {
  rows: [UserRow],
  register: ({ provide, make, serve }) => {
    provide(USERS, { database: DATABASE }, ({ database }) => makeUserRepository(database));
    provide(USER_QUERIES, { database: DATABASE, reader: READER }, ({ database, reader }) =>
      makeUserQueries(database, reader),
    );
    provide(HASHER, {}, () => makePasswordHasher({ cost: ARGON2_COST, concurrency: HASHES_AT_ONCE }));
    provide(PASSWORD_STRENGTH, {}, makePasswordStrength);
    provide(
      PREPARE_USER,
      { hasher: HASHER, passwordStrength: PASSWORD_STRENGTH, ids: IDS, clock: CLOCK },
      makePrepareUser,
    );
    provide(
      CREATE_USER,
      { audit: AUDIT, prepareUser: PREPARE_USER, users: USERS, transaction: TRANSACTION },
      makeCreateUser,
    );
    provide(ACTIVATE_USER, { audit: AUDIT, users: USERS, transaction: TRANSACTION, clock: CLOCK }, makeActivateUser);
    const rename = make({ prove: PROVE, users: USERS, clock: CLOCK, transaction: TRANSACTION }, makeRenameUser);
    serve(
      userOperations,
      make({ rename, queries: USER_QUERIES, config: CONFIG }, ({ config: { limits }, ...services }) => ({
        users: { ...services, limits },
      })),
    );
  },
};
