import type { Clock } from '../shared/clock.ts';
import { type Invite, hasExpired } from './invite.ts';
import type { InviteCodes } from './invite-codes.ts';
import type { InviteRepository } from './invite-repository.ts';

/** The invite that has the code, used up or not; null for what is none, or has expired. */
export type FindInvite = (code: string) => Promise<Invite | null>;

interface Deps {
  readonly invites: InviteRepository;
  readonly codes: InviteCodes;
  readonly clock: Clock;
}

export function makeFindInvite({ invites, codes, clock }: Deps): FindInvite {
  return async (code) => {
    const hash = codes.hash(code);
    const invite = hash === null ? null : await invites.find({ hash });
    return invite === null || hasExpired(invite, clock.now()) ? null : invite;
  };
}
