import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type User, withStatus } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** For admins on the machine. The user's sign-ins end, and nothing of the user's is let in again. @throws DomainError `not_found` */
export type SuspendUser = (input: { readonly userId: string }) => Promise<User>;

interface Deps {
  readonly audit: AuditTrail;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeSuspendUser({ audit, users, signIns, clock, transaction }: Deps): SuspendUser {
  return ({ userId }) =>
    transaction.run(async () => {
      const now = clock.now();
      const user = await users.getForUpdate(userId);
      await signIns.endAll(userId, now, null);
      if (user.status === 'suspended') return user;
      const suspended = withStatus(user, 'suspended', now);
      await users.save(suspended);
      await audit.record({ actorId: null, action: 'suspended', subjectKind: 'user', subjectId: userId });
      return suspended;
    });
}
