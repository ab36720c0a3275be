import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import { DomainError, notFound } from '../shared/errors.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { AuthorizeBehind } from './authorize.ts';
import type { InviteRepository } from './invite-repository.ts';
import type { MemberRecord } from './member-queries.ts';
import type { MemberRepository } from './member-repository.ts';
import type { Member } from './member.ts';
import { type Role, may } from './role.ts';

/** @throws DomainError `not_found`, `forbidden`, `last_owner`, `limit_reached` */
export type ChangeRole = (
  actor: Actor,
  input: { readonly campaignId: string; readonly userId: string; readonly role: Role },
) => Promise<MemberRecord>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorizeBehind: AuthorizeBehind;
  readonly invites: InviteRepository;
  readonly members: MemberRepository;
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly transaction: Transaction;
}

export function makeChangeRole({
  audit,
  authorizeBehind,
  invites,
  members,
  prove,
  users,
  transaction,
}: Deps): ChangeRole {
  return (actor, { campaignId, userId, role }) =>
    transaction.run(async () => {
      const [owners] = await authorizeBehind(actor, campaignId, 'campaign:manage-members', () =>
        members.ownersForUpdate(campaignId),
      );
      const member = await members.find(campaignId, userId);
      const user = await users.find(userId);
      if (member === null || user === null) throw notFound();
      const changed = { ...member, role, username: user.username };
      if (role === member.role) return changed;
      if (role !== 'owner') await handOverOwnership(members, owners, member);
      await members.setRole(campaignId, userId, role);
      // Who may no longer let anybody in has no invite out there.
      if (!may(role, 'campaign:manage-members')) await invites.removeAllBy(campaignId, userId);
      if (role === 'owner') await nameFirstOwner(members, owners, member);
      // It may have waited, behind the lock of the next owner's quota.
      await prove(actor);
      await audit.record({
        actorId: actor.userId,
        action: 'changed',
        subjectKind: 'member',
        subjectId: userId,
        campaignId,
        details: { from: member.role, to: role },
      });
      return changed;
    });
}

/** Sees to it that an owner remains when `leaver` ceases to be one. @throws DomainError `last_owner`, `limit_reached` */
export async function handOverOwnership(
  members: MemberRepository,
  owners: readonly Member[],
  leaver: Member,
): Promise<void> {
  if (leaver.role !== 'owner') return;
  const next = owners.find((owner) => owner.userId !== leaver.userId);
  if (next === undefined) {
    throw new DomainError(
      'last_owner',
      'A campaign keeps at least one owner. Make another member owner first, or delete the campaign.',
    );
  }
  if (owners[0]?.userId === leaver.userId) await members.setFirstOwner(leaver.campaignId, next.userId);
}

/** A member who becomes an owner may have joined before the others who are. */
async function nameFirstOwner(members: MemberRepository, before: readonly Member[], joiner: Member): Promise<void> {
  const [first] = await members.ownersForUpdate(joiner.campaignId);
  if (first !== undefined && first.userId !== before[0]?.userId) {
    await members.setFirstOwner(joiner.campaignId, first.userId);
  }
}
