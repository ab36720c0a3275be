import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectVersion } from '../shared/version.ts';
import { type User, renamed } from './user.ts';
import type { UserRepository } from './user-repository.ts';

interface UserChanges {
  readonly username?: string | undefined;
  readonly expectedVersions: readonly number[] | null;
}

/** The actor's own account. @throws DomainError `validation_failed`, `username_taken`, `version_conflict`, `invalid_token` */
export type RenameUser = (actor: Actor, input: UserChanges) => Promise<User>;

interface Deps {
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeRenameUser({ prove, users, clock, transaction }: Deps): RenameUser {
  return (actor, { username, expectedVersions }) =>
    transaction.run(async () => {
      const [user] = await Promise.all([users.getForUpdate(actor.userId), prove(actor)]);
      expectVersion(user, expectedVersions);
      if (username === undefined) return user;
      const changed = renamed(user, username, clock.now());
      if (changed !== user) await users.save(changed);
      return changed;
    });
}
