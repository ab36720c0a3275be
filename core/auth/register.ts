import type { AuditTrail } from '../audit/audit-trail.ts';
import { DomainError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { NewUser, PrepareUser } from '../users/prepare-user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { BeginSignIn } from './begin-sign-in.ts';
import type { SignedIn } from './sign-in.ts';

/** Who may register: anybody, whoever is invited, or nobody. Admins on the machine create accounts in any case. */
export const REGISTRATIONS = ['open', 'invited', 'closed'] as const;
export type Registration = (typeof REGISTRATIONS)[number];

/** @throws DomainError `registration_closed`, `validation_failed`, `email_taken`, `username_taken` */
export type Register = (input: NewUser & { readonly userAgent: string | null }) => Promise<SignedIn>;

interface Deps {
  readonly registration: Registration;
  readonly audit: AuditTrail;
  readonly prepareUser: PrepareUser;
  readonly users: UserRepository;
  readonly beginSignIn: BeginSignIn;
  readonly transaction: Transaction;
}

export function makeRegister(deps: Deps): Register {
  const { registration, audit, prepareUser, users, beginSignIn, transaction } = deps;
  return async ({ userAgent, ...account }) => {
    // First: who is not let in learns nothing of who has an account, and costs no hash.
    if (registration !== 'open') throw new DomainError('registration_closed', refusals[registration]);
    const user = await prepareUser(account);
    return transaction.run(async () => {
      await users.add(user);
      await audit.record({ actorId: user.id, action: 'created', subjectKind: 'user', subjectId: user.id });
      return beginSignIn(user, userAgent);
    });
  };
}

const refusals = {
  invited: 'Accounts are by invitation here. Ask whoever runs this server to create one for you.',
  closed: 'No new accounts are taken here. Ask whoever runs this server to create one for you.',
} as const satisfies Record<Exclude<Registration, 'open'>, string>;
