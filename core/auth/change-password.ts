import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type PasswordHasher, type PasswordStrength, checkPassword } from '../users/password.ts';
import { withPassword } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';
import { type ProvePassword, expectStillProven } from './prove-password.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/**
 * Ends every other sign-in of the actor, and every API token.
 * @throws DomainError `invalid_credentials` for a wrong current password, `rate_limited` after too many of those,
 * `validation_failed` for a poor new one, `invalid_token` for who was shut out while the passwords were hashed
 */
export type ChangePassword = (
  actor: Actor,
  input: {
    readonly currentPassword: string;
    readonly newPassword: string;
    readonly keepApiTokens?: boolean | undefined;
    /** Where the request comes from; null for this machine. */
    readonly address: string | null;
  },
) => Promise<void>;

interface Deps {
  readonly provePassword: ProvePassword;
  readonly audit: AuditTrail;
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly hasher: PasswordHasher;
  readonly passwordStrength: PasswordStrength;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

export function makeChangePassword(deps: Deps): ChangePassword {
  const { provePassword, audit, prove, users, signIns, apiTokens, hasher, passwordStrength, transaction, clock } = deps;
  return async (actor, { currentPassword, newPassword, keepApiTokens = false, address }) => {
    const before = await provePassword(actor, { password: currentPassword, address });
    await checkPassword(newPassword, before, passwordStrength, 'newPassword');
    const hash = await hasher.hash(newPassword);
    await transaction.run(async () => {
      const { userId } = actor;
      const [user] = await Promise.all([users.getForUpdate(userId), prove(actor)]);
      expectStillProven(before, user);
      await users.save(withPassword(user, hash, clock.now()));
      await signIns.endAll(userId, clock.now(), actor.signInId);
      if (!keepApiTokens) await apiTokens.removeAll(userId);
      await audit.record({
        actorId: userId,
        action: 'changed',
        subjectKind: 'password',
        subjectId: userId,
        details: { apiTokens: keepApiTokens ? 'kept' : 'revoked' },
      });
    });
  };
}
