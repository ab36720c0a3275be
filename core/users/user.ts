import { invalidField } from '../shared/errors.ts';
import { foldCase } from '../shared/fold-case.ts';
import { type Versioned, revised } from '../shared/version.ts';

/** A suspended user keeps everything and may do nothing. */
export const USER_STATUSES = ['active', 'suspended'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

/** A person with an account. */
export interface User extends Versioned {
  readonly id: string;
  /** Trimmed and lower-cased. Unique. */
  readonly email: string;
  /** Unique without regard to case and form, and taken for no other's: {@link usernameKey}. */
  readonly username: string;
  /** A PHC string with its own parameters. */
  readonly passwordHash: string;
  readonly status: UserStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Characters of which nothing shows. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/**
 * Letters with their marks, digits and `_ . -`, nothing that does not show. Arabic letters, and those of India that lose
 * their vowel to a mark, are written with joiners between them, or differently.
 */
const USERNAME =
  /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}_.-](?:(?!\p{Default_Ignorable_Code_Point})\p{M}){0,4}(?:(?<=[\p{Script=Arabic}\p{M}])[\u200c\u200d](?=\p{L}))?)+$/u;
// HTML's own rule for an e-mail address (WHATWG, "valid e-mail address"), with a dot required in the domain.
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** @throws DomainError `validation_failed` */
export function newUser(input: { id: string; email: string; username: string; passwordHash: string; now: Date }): User {
  return {
    id: input.id,
    email: normalizeEmail(input.email),
    username: checkedUsername(input.username),
    passwordHash: input.passwordHash,
    status: 'active',
    createdAt: input.now,
    updatedAt: input.now,
    version: 1,
  };
}

/** @throws DomainError `validation_failed` */
export function renamed(user: User, username: string, now: Date): User {
  return revised(user, { username: checkedUsername(username) }, now);
}

export function withStatus(user: User, status: UserStatus, now: Date): User {
  return revised(user, { status }, now);
}

export function withPassword(user: User, passwordHash: string, now: Date): User {
  return { ...user, passwordHash, updatedAt: now, version: user.version + 1 };
}

/** @throws DomainError `validation_failed` */
export function normalizeEmail(email: string): string {
  const normal = email.trim().toLowerCase();
  if (normal.length > 255 || !EMAIL.test(normal)) {
    throw invalidField('email', 'must be an e-mail address such as anna@example.org');
  }
  return normal;
}

/** What makes two user names the same: `Ålice` typed on any keyboard, in any case. */
export function usernameKey(username: string): string {
  return foldCase(username.normalize('NFKC').replace(UNSEEN, ''));
}

function checkedUsername(username: string): string {
  const normal = username.normalize('NFKC').trim();
  const length = Array.from(normal).length;
  if (length < 2 || length > 32 || !USERNAME.test(normal)) {
    throw invalidField('username', 'must be 2 to 32 letters, digits or the characters _ . -');
  }
  return normal;
}
