import type { Actor } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import type { PasswordHasher } from '../users/password.ts';
import type { User } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { LoginThrottle } from './login-throttle.ts';

export interface PasswordProof {
  readonly password: string;
  /** Where the request comes from; null for this machine. */
  readonly address: string | null;
}

/**
 * Asks for the actor's password again, as a stolen token alone must not reach what outlives it. Answers the account, which
 * whoever goes on compares with what it is then.
 * @throws DomainError `invalid_credentials`, and `rate_limited` after too many of those, log-ins counted
 */
export type ProvePassword = (actor: Actor, proof: PasswordProof) => Promise<User>;

interface Deps {
  readonly throttle: LoginThrottle;
  readonly users: UserRepository;
  readonly hasher: PasswordHasher;
}

export function makeProvePassword({ throttle, users, hasher }: Deps): ProvePassword {
  return async ({ userId }, { password, address }) => {
    const user = await users.find(userId);
    const attempt = { account: user?.email ?? userId, address };
    await throttle.begin(attempt);
    const correct = await hasher.verify(password, user?.passwordHash ?? null);
    if (user === null || !correct) throw wrongPassword();
    await throttle.succeed(attempt);
    return user;
  };
}

/** @throws DomainError `invalid_credentials` when the password was changed since it was proven, or the user suspended */
export function expectStillProven(proven: User, now: User): void {
  if (now.passwordHash !== proven.passwordHash || now.status !== 'active') throw wrongPassword();
}

function wrongPassword(): DomainError {
  return new DomainError('invalid_credentials', 'The current password is not right.');
}
