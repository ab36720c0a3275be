import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound } from '../shared/errors.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { FindInvite } from './find-invite.ts';
import { inviteUsedUp, noSuchInvite } from './invite.ts';
import type { InviteRepository } from './invite-repository.ts';
import type { MemberRepository } from './member-repository.ts';
import type { Role } from './role.ts';

export interface Acceptance {
  readonly campaignId: string;
  readonly role: Role;
}

/**
 * Makes the actor a member. Whoever is one stays what it is, and the invite is not used.
 * @throws DomainError `not_found`, `invite_used_up`
 */
export type AcceptInvite = (actor: Actor, input: { readonly code: string }) => Promise<Acceptance>;

interface Deps {
  readonly audit: AuditTrail;
  readonly invites: InviteRepository;
  readonly findInvite: FindInvite;
  readonly members: MemberRepository;
  readonly prove: Prove;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeAcceptInvite({
  audit,
  invites,
  findInvite,
  members,
  prove,
  clock,
  transaction,
}: Deps): AcceptInvite {
  return (actor, { code }) =>
    transaction.run(async () => {
      const { userId } = actor;
      const invite = await findInvite(code);
      if (invite === null) throw noSuchInvite();
      const now = clock.now();
      const { campaignId, role } = invite;
      // First: whoever comes in by two invites at once uses one.
      if (!(await members.join({ campaignId, userId, role, joinedAt: now }))) {
        const member = await members.find(campaignId, userId);
        if (member === null) throw notFound();
        return { campaignId, role: member.role };
      }
      if (!(await invites.use(invite.id, userId, now))) throw inviteUsedUp();
      // It may have waited for others who came at the same moment.
      await prove(actor);
      await audit.record({
        actorId: userId,
        action: 'created',
        subjectKind: 'member',
        subjectId: userId,
        campaignId,
        details: { role, inviteId: invite.id },
      });
      return { campaignId, role };
    });
}
