import { invalidField } from '../shared/errors.ts';

/** Turns passwords into hashes that carry their own parameters. Slow by design; callers bound nothing themselves. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** With null it computes as long as with a real hash and answers false, so that time does not tell who has an account. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** True when the hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean;
}

/** The passwords that attackers try first. */
export interface CommonPasswords {
  /** `password` is compared without regard to case. */
  has(password: string): Promise<boolean>;
}

/**
 * The rule for every new password.
 * @throws DomainError `validation_failed` on `field`
 */
export async function checkPassword(
  password: string,
  owner: { email: string; username: string },
  common: CommonPasswords,
  field = 'password',
): Promise<void> {
  const length = Array.from(password).length;
  if (length < 8 || length > 128) throw invalidField(field, 'must have 8 to 128 characters');
  if (!/\p{Lu}/u.test(password)) throw invalidField(field, 'must contain an upper-case letter');
  if (!/\p{Nd}/u.test(password)) throw invalidField(field, 'must contain a digit');
  const folded = password.toLowerCase();
  if (folded === owner.email.trim().toLowerCase() || folded === owner.username.trim().toLowerCase()) {
    throw invalidField(field, 'must not be your e-mail address or your user name');
  }
  if (await common.has(password)) {
    throw invalidField(field, 'is on a list of common passwords; choose one that nobody would guess');
  }
}
