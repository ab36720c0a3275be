import { DomainError } from '../../core/shared/errors.ts';
import { usernameKey } from '../../core/users/user.ts';
import { listMembers } from '../operations/members.ts';
import type { Caller } from './caller.ts';
import { isIdEnding, onlyOne } from './id-ending.ts';
import { lineText } from './terminal-text.ts';

const NAMED = 10;

/** The names of a campaign's members, by their ids. */
export async function memberNames(caller: Caller, campaignId: string): Promise<ReadonlyMap<string, string>> {
  const members = await caller.pages(listMembers, { params: { campaignId } });
  return new Map(members.map(({ userId, username }) => [userId, username]));
}

interface NamedMember {
  readonly userId: string;
  readonly username: string;
}

/**
 * The member who is meant: by the user name, the id or an ending of that.
 * @throws DomainError `not_found`, or `validation_failed` where that leaves a choice
 */
export async function memberMeant(caller: Caller, campaignId: string, reference: string): Promise<NamedMember> {
  const members = await caller.pages(listMembers, { params: { campaignId } });
  const wanted = reference.trim().toLowerCase();
  const named = members.filter(({ username }) => usernameKey(username) === usernameKey(reference.trim()));
  const found =
    named.length > 0 || !isIdEnding(wanted) ? named : members.filter(({ userId }) => userId.endsWith(wanted));
  if (found.length === 0)
    throw noMember(
      reference,
      members.map(({ username }) => username),
    );
  return onlyOne(
    found.map((member) => ({ ...member, id: member.userId, label: member.username })),
    `"${lineText(reference)}" is more than one member:`,
  );
}

/** The ids of the members who are meant, by their user names. @throws DomainError `not_found` */
export async function memberIds(
  caller: Caller,
  campaignId: string,
  usernames: readonly string[],
): Promise<readonly string[]> {
  const members = [...(await memberNames(caller, campaignId))];
  return usernames.map((wanted) => {
    const meant = members.find(([, username]) => usernameKey(username) === usernameKey(wanted.trim()));
    if (meant !== undefined) return meant[0];
    throw noMember(
      wanted,
      members.map(([, username]) => username),
    );
  });
}

function noMember(wanted: string, usernames: readonly string[]): DomainError {
  const known = `${usernames.slice(0, NAMED).join(', ')}${usernames.length > NAMED ? ', …' : ''}`;
  return new DomainError('not_found', `"${lineText(wanted)}" is no member of this campaign. There are: ${known}`);
}
