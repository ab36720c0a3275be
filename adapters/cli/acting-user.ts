import { DomainError } from '../../core/shared/errors.ts';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import { misused } from './misused.ts';

const NAMED = 10;

/** `--as EMAIL` (or FOUNDRY_USER), else the only user there is. @throws DomainError that says whom there is to be */
export async function actingUser(users: UserQueries, email: string | undefined): Promise<UserRecord> {
  if (email !== undefined) {
    const user = await users.findByEmail(email.trim().toLowerCase());
    if (user !== null) return user;
  }
  const { items, next } = await users.list({ limit: NAMED, after: null });
  const [only, ...others] = items;
  if (only === undefined) {
    throw new DomainError(
      'unauthenticated',
      'There is no user yet. Create one: foundry user create you@example.org --username you',
    );
  }
  const known = `${items.map((user) => user.email).join(', ')}${next === null ? '' : ', …'}`;
  if (email !== undefined) {
    throw new DomainError('not_found', `Nobody has the e-mail address ${email}. There are: ${known}`);
  }
  if (others.length === 0) return only;
  throw misused(`Which user? Say --as EMAIL, or set FOUNDRY_USER. There are: ${known}`);
}
