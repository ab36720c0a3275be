import type { Actor } from '../shared/actor.ts';
import { DomainError, notFound } from '../shared/errors.ts';
import type { MemberRepository } from './member-repository.ts';
import { type Action, type Role, may } from './role.ts';

/**
 * The first line of every command on a campaign. Answers the actor's role.
 * @throws DomainError `not_found` for who is no member, `forbidden` for a role that is too weak
 */
export type Authorize = (actor: Actor, campaignId: string, action: Action) => Promise<Role>;

interface Deps {
  readonly members: MemberRepository;
}

export function makeAuthorize({ members }: Deps): Authorize {
  return async (actor, campaignId, action) => {
    const find = action === 'campaign:restore' ? members.findEvenInTrash : members.find;
    const member = await find(campaignId, actor.userId);
    if (member === null) throw notFound();
    if (!may(member.role, action)) {
      throw new DomainError(
        'forbidden',
        `As ${member.role} of this campaign you may not do that. Ask an owner to do it, or for another role.`,
        [],
        { campaignId },
      );
    }
    return member.role;
  };
}
