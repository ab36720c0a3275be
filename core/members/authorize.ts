import type { Actor } from '../shared/actor.ts';
import { DomainError, notFound } from '../shared/errors.ts';
import type { Prove } from '../shared/prove.ts';
import type { Member } from './member.ts';
import type { MemberRepository } from './member-repository.ts';
import { type Action, type Role, may } from './role.ts';

/**
 * The first line of every command on a campaign, or the first behind the lock that it takes. Answers the actor's role.
 * @throws DomainError `not_found` for who is no member, `forbidden` for a role that is too weak, `invalid_token` for who
 * was let in and has been shut out since
 */
export type Authorize = (actor: Actor, campaignId: string, action: Action) => Promise<Role>;

/**
 * For a command that waits for others, as a rule for a lock: authorizes, calls `wait`, and authorizes again behind it,
 * as the role, the campaign or the sign-in may be gone by then. Answers what `wait` did, and the actor's role.
 * @throws DomainError as Authorize
 */
export type AuthorizeBehind = <T>(
  actor: Actor,
  campaignId: string,
  action: Action,
  wait: () => Promise<T>,
) => Promise<readonly [T, Role]>;

interface Deps {
  readonly members: MemberRepository;
  readonly prove: Prove;
}

export function makeAuthorize({ members, prove }: Deps): Authorize {
  return async (actor, campaignId, action) => {
    const [role] = await Promise.all([permittedRole(members, actor, campaignId, action), prove(actor)]);
    return role;
  };
}

export function makeAuthorizeBehind({
  members,
  authorize,
}: Pick<Deps, 'members'> & { readonly authorize: Authorize }): AuthorizeBehind {
  return async (actor, campaignId, action, wait) => {
    // Else whoever may not do it could still make those wait who may.
    await permittedRole(members, actor, campaignId, action);
    // Asked for in one turn, and done in this order: who is authorized is so by what holds once the wait is over.
    return Promise.all([wait(), authorize(actor, campaignId, action)]);
  };
}

async function permittedRole(
  members: MemberRepository,
  actor: Actor,
  campaignId: string,
  action: Action,
): Promise<Role> {
  const find = action === 'campaign:restore' ? members.findEvenInTrash : members.find;
  const member = await find(campaignId, actor.userId);
  if (member === null) throw notFound();
  expectMay(member, action);
  return member.role;
}

/** @throws DomainError `forbidden` for a role that is too weak */
export function expectMay({ role, campaignId }: Pick<Member, 'role' | 'campaignId'>, action: Action): void {
  if (may(role, action)) return;
  throw new DomainError(
    'forbidden',
    `As ${role} of this campaign you may not do that. Ask an owner to do it, or for another role.`,
    [],
    { campaignId },
  );
}
