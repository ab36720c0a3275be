import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import { type PasswordHasher, type PasswordStrength, checkPassword } from './password.ts';
import { type User, newUser } from './user.ts';

export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/**
 * A user who is checked and hashed but not stored. Apart from storing it, because hashing waits its turn and a
 * transaction that waits holds a database connection.
 * @throws DomainError `validation_failed`
 */
export type PrepareUser = (input: NewUser) => Promise<User>;

interface Deps {
  readonly hasher: PasswordHasher;
  readonly passwordStrength: PasswordStrength;
  readonly ids: Ids;
  readonly clock: Clock;
}

export function makePrepareUser({ hasher, passwordStrength, ids, clock }: Deps): PrepareUser {
  return async ({ email, username, password }) => {
    const draft = newUser({ id: ids.next(), email, username, passwordHash: '', now: clock.now() });
    await checkPassword(password, draft, passwordStrength);
    return { ...draft, passwordHash: await hasher.hash(password) };
  };
}
