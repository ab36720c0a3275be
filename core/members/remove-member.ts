import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import { notFound } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { Authorize } from './authorize.ts';
import { handOverOwnership } from './change-role.ts';
import type { MemberRepository } from './member-repository.ts';

/** An owner removes anybody; every member may remove itself. @throws DomainError `not_found`, `forbidden`, `last_owner` */
export type RemoveMember = (
  actor: Actor,
  input: { readonly campaignId: string; readonly userId: string },
) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly members: MemberRepository;
  readonly transaction: Transaction;
}

export function makeRemoveMember({ audit, authorize, members, transaction }: Deps): RemoveMember {
  return (actor, { campaignId, userId }) =>
    transaction.run(async () => {
      const action = userId === actor.userId ? 'campaign:read' : 'campaign:manage-members';
      await authorize(actor, campaignId, action);
      const owners = await members.ownersForUpdate(campaignId);
      // Authorized a second time: the actor may have lost its role while it waited for the lock.
      await authorize(actor, campaignId, action);
      const member = await members.find(campaignId, userId);
      if (member === null) throw notFound();
      await handOverOwnership(members, owners, member);
      await members.remove(campaignId, userId);
      await audit.record({
        actorId: actor.userId,
        action: 'removed',
        subjectKind: 'member',
        subjectId: userId,
        campaignId,
        details: { role: member.role },
      });
    });
}
