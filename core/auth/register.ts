import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { NewUser, PrepareUser } from '../users/prepare-user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { BeginSignIn } from './begin-sign-in.ts';
import type { SignedIn } from './sign-in.ts';

/** @throws DomainError `validation_failed`, `email_taken`, `username_taken` */
export type Register = (input: NewUser & { readonly userAgent: string | null }) => Promise<SignedIn>;

interface Deps {
  readonly audit: AuditTrail;
  readonly prepareUser: PrepareUser;
  readonly users: UserRepository;
  readonly beginSignIn: BeginSignIn;
  readonly transaction: Transaction;
}

export function makeRegister({ audit, prepareUser, users, beginSignIn, transaction }: Deps): Register {
  return async ({ userAgent, ...account }) => {
    const user = await prepareUser(account);
    return transaction.run(async () => {
      await users.add(user);
      await audit.record({ actorId: user.id, action: 'created', subjectKind: 'user', subjectId: user.id });
      return beginSignIn(user, userAgent);
    });
  };
}
