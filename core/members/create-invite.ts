import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { AuthorizeBehind } from './authorize.ts';
import { type Invite, MAX_INVITES, type NewInvite, newInvite, tooManyInvites } from './invite.ts';
import type { InviteCodes } from './invite-codes.ts';
import type { InviteRepository } from './invite-repository.ts';

export interface CreatedInvite {
  readonly invite: Invite;
  /** Told this once. */
  readonly code: string;
}

/** GMs invite players and viewers; who makes GMs of members may invite them, too. @throws DomainError `not_found`, `forbidden`, `limit_reached` */
export type CreateInvite = (actor: Actor, input: NewInvite & { readonly campaignId: string }) => Promise<CreatedInvite>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorizeBehind: AuthorizeBehind;
  readonly invites: InviteRepository;
  readonly codes: InviteCodes;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeCreateInvite({
  audit,
  authorizeBehind,
  invites,
  codes,
  ids,
  clock,
  transaction,
}: Deps): CreateInvite {
  return (actor, { campaignId, ...given }) =>
    transaction.run(async () => {
      const action = given.role === 'gm' ? 'campaign:manage-members' : 'campaign:invite';
      const [count] = await authorizeBehind(actor, campaignId, action, () => invites.countForUpdate(campaignId));
      if (count >= MAX_INVITES) throw tooManyInvites();
      const invite = newInvite(given, { id: ids.next(), campaignId, createdBy: actor.userId, now: clock.now() });
      const { code, hash } = codes.issue();
      await invites.add(invite, hash);
      await audit.record({
        actorId: actor.userId,
        action: 'created',
        subjectKind: 'invite',
        subjectId: invite.id,
        campaignId,
        details: { role: invite.role, expiresAt: invite.expiresAt?.toISOString() ?? null, maxUses: invite.maxUses },
      });
      return { invite, code };
    });
}
