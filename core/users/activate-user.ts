import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type User, withStatus } from './user.ts';
import type { UserRepository } from './user-repository.ts';

/** For admins on the machine: a suspended user may log in again. @throws DomainError `not_found` */
export type ActivateUser = (input: { readonly userId: string }) => Promise<User>;

interface Deps {
  readonly audit: AuditTrail;
  readonly users: UserRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeActivateUser({ audit, users, clock, transaction }: Deps): ActivateUser {
  return ({ userId }) =>
    transaction.run(async () => {
      const user = await users.getForUpdate(userId);
      if (user.status === 'active') return user;
      const active = withStatus(user, 'active', clock.now());
      await users.save(active);
      await audit.record({ actorId: null, action: 'activated', subjectKind: 'user', subjectId: userId });
      return active;
    });
}
