import { DomainError } from '../../core/shared/errors.ts';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import { CANDIDATES, isFullId, isIdEnding, onlyOne } from './id-ending.ts';
import { lineText } from './terminal-text.ts';

const PAGE = 100;

/**
 * The user who is meant: by e-mail address, by id or by an ending of it.
 * @throws DomainError `not_found`; `validation_failed` where that leaves a choice
 */
export async function userMeant(users: UserQueries, reference: string): Promise<UserRecord> {
  const text = reference.trim().toLowerCase();
  const found = (await users.findByEmail(text)) ?? (isFullId(text) ? await users.find(text) : null);
  if (found !== null) return found;
  const ending = isIdEnding(text) ? await users.findByIdEnding(text, CANDIDATES) : [];
  if (ending.length === 0) {
    throw new DomainError(
      'not_found',
      `There is no user "${lineText(reference)}". See which there are: foundry user list`,
    );
  }
  return onlyOne(
    ending.map((user) => ({ ...user, label: user.email })),
    `"${lineText(reference)}" is more than one user:`,
  );
}

/** Oldest first, page after page, or the first `limit`. */
export async function allUsers(users: UserQueries, limit = Infinity): Promise<readonly UserRecord[]> {
  const found: UserRecord[] = [];
  let after: Parameters<UserQueries['list']>[0]['after'] = null;
  do {
    const { items, next } = await users.list({ limit: Math.min(PAGE, limit - found.length), after });
    found.push(...items);
    after = next;
  } while (after !== null && found.length < limit);
  return found;
}
