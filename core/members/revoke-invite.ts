import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import { notFound } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { Authorize } from './authorize.ts';
import type { InviteCodes } from './invite-codes.ts';
import type { InviteRepository } from './invite-repository.ts';

/** By its code, or by its id, since the code was told only once. @throws DomainError `not_found`, `forbidden` */
export type RevokeInvite = (actor: Actor, input: { readonly code: string }) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly invites: InviteRepository;
  readonly codes: InviteCodes;
  readonly transaction: Transaction;
}

export function makeRevokeInvite({ audit, authorize, invites, codes, transaction }: Deps): RevokeInvite {
  return (actor, { code }) =>
    transaction.run(async () => {
      const hash = codes.hash(code);
      const invite = await invites.find(hash === null ? { id: code } : { hash });
      if (invite === null) throw notFound();
      await authorize(actor, invite.campaignId, 'campaign:invite');
      if (!(await invites.remove(invite.id))) throw notFound();
      await audit.record({
        actorId: actor.userId,
        action: 'revoked',
        subjectKind: 'invite',
        subjectId: invite.id,
        campaignId: invite.campaignId,
      });
    });
}
