import { DomainError } from '../../core/shared/errors.ts';
import { listMembers } from '../operations/members.ts';
import type { Caller } from './caller.ts';
import { lineText } from './terminal-text.ts';

const NAMED = 10;

/** The names of a campaign's members, by their ids. */
export async function memberNames(caller: Caller, campaignId: string): Promise<ReadonlyMap<string, string>> {
  const members = await caller.pages(listMembers, { params: { campaignId } });
  return new Map(members.map(({ userId, username }) => [userId, username]));
}

/** The ids of the members who are meant, by their user names. @throws DomainError `not_found` */
export async function memberIds(
  caller: Caller,
  campaignId: string,
  usernames: readonly string[],
): Promise<readonly string[]> {
  const members = [...(await memberNames(caller, campaignId))];
  return usernames.map((wanted) => {
    const meant = members.find(([, username]) => username.toLowerCase() === wanted.trim().toLowerCase());
    if (meant !== undefined) return meant[0];
    const names = members.slice(0, NAMED).map(([, username]) => username);
    const known = `${names.join(', ')}${members.length > NAMED ? ', …' : ''}`;
    throw new DomainError('not_found', `"${lineText(wanted)}" is no member of this campaign. There are: ${known}`);
  });
}
