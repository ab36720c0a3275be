import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { NewUser, PrepareUser } from './prepare-user.ts';
import type { User } from './user.ts';
import type { UserRepository } from './user-repository.ts';

/** For admins on the machine. @throws DomainError `validation_failed`, `email_taken`, `username_taken` */
export type CreateUser = (input: NewUser) => Promise<User>;

interface Deps {
  readonly audit: AuditTrail;
  readonly prepareUser: PrepareUser;
  readonly users: UserRepository;
  readonly transaction: Transaction;
}

export function makeCreateUser({ audit, prepareUser, users, transaction }: Deps): CreateUser {
  return async (input) => {
    const user = await prepareUser(input);
    await transaction.run(async () => {
      await users.add(user);
      await audit.record({ actorId: null, action: 'created', subjectKind: 'user', subjectId: user.id });
    });
    return user;
  };
}
