import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type PasswordHasher, type PasswordStrength, checkPassword } from '../users/password.ts';
import { withPassword } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/**
 * Ends every other sign-in of the actor.
 * @throws DomainError `invalid_credentials` for a wrong current password, `rate_limited` after too many of those,
 * `validation_failed` for a poor new one, `invalid_token` for who was shut out while the passwords were hashed
 */
export type ChangePassword = (
  actor: Actor,
  input: {
    readonly currentPassword: string;
    readonly newPassword: string;
    /** Where the request comes from; null for this machine. */
    readonly address: string | null;
  },
) => Promise<void>;

interface Deps {
  readonly throttle: LoginThrottle;
  readonly audit: AuditTrail;
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly hasher: PasswordHasher;
  readonly passwordStrength: PasswordStrength;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

export function makeChangePassword(deps: Deps): ChangePassword {
  const { throttle, audit, prove, users, signIns, hasher, passwordStrength, transaction, clock } = deps;
  return async (actor, { currentPassword, newPassword, address }) => {
    const before = await users.find(actor.userId);
    // A stolen token must not be a way around the throttle of logging in, so both count as one.
    const attempt = { account: before?.email ?? actor.userId, address };
    await throttle.begin(attempt);
    const correct = await hasher.verify(currentPassword, before?.passwordHash ?? null);
    if (before === null || !correct) throw wrongPassword();
    await throttle.succeed(attempt);
    await checkPassword(newPassword, before, passwordStrength, 'newPassword');
    const hash = await hasher.hash(newPassword);
    await transaction.run(async () => {
      const [user] = await Promise.all([users.getForUpdate(actor.userId), prove(actor)]);
      if (user.passwordHash !== before.passwordHash) throw wrongPassword();
      await users.save(withPassword(user, hash, clock.now()));
      await signIns.endAll(actor.userId, clock.now(), actor.signInId);
      const { userId } = actor;
      await audit.record({ actorId: userId, action: 'changed', subjectKind: 'password', subjectId: userId });
    });
  };
}

function wrongPassword(): DomainError {
  return new DomainError('invalid_credentials', 'The current password is not right.');
}
