import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type PasswordHasher, type PasswordStrength, checkPassword } from '../users/password.ts';
import { withPassword } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import { notFound } from '../shared/errors.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** For admins on the machine. Every sign-in of the user ends, and every API token. @throws DomainError `not_found`, `validation_failed` */
export type ResetPassword = (input: {
  readonly userId: string;
  readonly password: string;
  readonly keepApiTokens?: boolean | undefined;
}) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly hasher: PasswordHasher;
  readonly passwordStrength: PasswordStrength;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeResetPassword(deps: Deps): ResetPassword {
  const { audit, users, signIns, apiTokens, hasher, passwordStrength, clock, transaction } = deps;
  return async ({ userId, password, keepApiTokens = false }) => {
    const owner = await users.find(userId);
    if (owner === null) throw notFound();
    await checkPassword(password, owner, passwordStrength);
    const hash = await hasher.hash(password);
    await transaction.run(async () => {
      const user = await users.getForUpdate(userId);
      await users.save(withPassword(user, hash, clock.now()));
      await signIns.endAll(userId, clock.now(), null);
      if (!keepApiTokens) await apiTokens.removeAll(userId);
      const details = { apiTokens: keepApiTokens ? 'kept' : 'revoked' };
      await audit.record({ actorId: null, action: 'reset', subjectKind: 'password', subjectId: userId, details });
    });
  };
}
