import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AcceptInvite } from '../members/accept-invite.ts';
import { inviteUsedUp, isUsedUp } from '../members/invite.ts';
import type { FindInvite } from '../members/find-invite.ts';
import { DomainError, invalidField } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { NewUser, PrepareUser } from '../users/prepare-user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { BeginSignIn } from './begin-sign-in.ts';
import type { SignedIn } from './sign-in.ts';

/** Who may register: anybody, whoever is invited, or nobody. Admins on the machine create accounts in any case. */
export const REGISTRATIONS = ['open', 'invited', 'closed'] as const;
export type Registration = (typeof REGISTRATIONS)[number];

/**
 * By an invite, which is accepted with it, wherever it is not closed to all.
 * @throws DomainError `registration_closed`, `validation_failed`, `email_taken`, `username_taken`, `invite_used_up`
 */
export type Register = (
  input: NewUser & { readonly inviteCode?: string | undefined; readonly userAgent: string | null },
) => Promise<SignedIn>;

interface Deps {
  readonly registration: Registration;
  readonly findInvite: FindInvite;
  readonly acceptInvite: AcceptInvite;
  readonly audit: AuditTrail;
  readonly prepareUser: PrepareUser;
  readonly users: UserRepository;
  readonly beginSignIn: BeginSignIn;
  readonly transaction: Transaction;
}

export function makeRegister(deps: Deps): Register {
  const { registration, findInvite, acceptInvite, audit, prepareUser, users, beginSignIn, transaction } = deps;
  return async ({ userAgent, inviteCode, ...account }) => {
    // First: who is not let in learns nothing of who has an account, and costs no hash.
    if (registration === 'closed' || (registration === 'invited' && inviteCode === undefined)) {
      throw new DomainError('registration_closed', refusals[registration]);
    }
    if (inviteCode !== undefined) {
      const invite = await findInvite(inviteCode);
      if (invite === null) throw invalidField('inviteCode', 'is no invite that still holds: ask for a new one');
      if (isUsedUp(invite)) throw inviteUsedUp();
    }
    const user = await prepareUser(account);
    return transaction.run(async () => {
      await users.add(user);
      await audit.record({ actorId: user.id, action: 'created', subjectKind: 'user', subjectId: user.id });
      if (inviteCode !== undefined) {
        await acceptInvite({ userId: user.id, signInId: null, scopes: null }, { code: inviteCode });
      }
      return beginSignIn(user, userAgent);
    });
  };
}

const refusals = {
  invited:
    'Accounts are by invitation here. Open the invite to a campaign that a game master sent you, or ask for one.',
  closed: 'No new accounts are taken here. Ask whoever runs this server to create one for you.',
} as const satisfies Record<Exclude<Registration, 'open'>, string>;
