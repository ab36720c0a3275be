import type { Clock } from '../shared/clock.ts';
import { type Invite, hasExpired, inviteUsedUp, isUsedUp, noSuchInvite } from './invite.ts';
import type { InviteCodes } from './invite-codes.ts';
import type { InviteQueries } from './invite-queries.ts';

/** What whoever has the code may know before it is accepted. */
export interface InviteLook {
  readonly campaignName: string;
  readonly role: Invite['role'];
}

/** For anybody. @throws DomainError `not_found`, `invite_used_up` */
export type LookAtInvite = (input: { readonly code: string }) => Promise<InviteLook>;

interface Deps {
  readonly queries: InviteQueries;
  readonly codes: InviteCodes;
  readonly clock: Clock;
}

export function makeLookAtInvite({ queries, codes, clock }: Deps): LookAtInvite {
  return async ({ code }) => {
    const hash = codes.hash(code);
    const found = hash === null ? null : await queries.look(hash);
    if (found === null || hasExpired(found.invite, clock.now())) throw noSuchInvite();
    if (isUsedUp(found.invite)) throw inviteUsedUp();
    return { campaignName: found.campaignName, role: found.invite.role };
  };
}
