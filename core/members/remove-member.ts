import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import { notFound } from '../shared/errors.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { AuthorizeBehind } from './authorize.ts';
import { handOverOwnership } from './change-role.ts';
import type { InviteRepository } from './invite-repository.ts';
import type { MemberRepository } from './member-repository.ts';

/** An owner removes anybody; every member may remove itself. @throws DomainError `not_found`, `forbidden`, `last_owner`, `limit_reached` */
export type RemoveMember = (
  actor: Actor,
  input: { readonly campaignId: string; readonly userId: string },
) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorizeBehind: AuthorizeBehind;
  readonly invites: InviteRepository;
  readonly members: MemberRepository;
  readonly prove: Prove;
  readonly transaction: Transaction;
}

export function makeRemoveMember({ audit, authorizeBehind, invites, members, prove, transaction }: Deps): RemoveMember {
  return (actor, { campaignId, userId }) =>
    transaction.run(async () => {
      const action = userId === actor.userId ? 'campaign:read' : 'campaign:manage-members';
      const [owners] = await authorizeBehind(actor, campaignId, action, () => members.ownersForUpdate(campaignId));
      const member = await members.find(campaignId, userId);
      if (member === null) throw notFound();
      await handOverOwnership(members, owners, member);
      await members.remove(campaignId, userId);
      await invites.removeAllBy(campaignId, userId);
      // It may have waited, behind the lock of the next owner's quota.
      await prove(actor);
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
