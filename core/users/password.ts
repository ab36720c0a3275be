import { invalidField } from '../shared/errors.ts';

/** Turns passwords into hashes that carry their own parameters. Slow by design; callers bound nothing themselves. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** With null it computes as long as with a real hash and answers false, so that time does not tell who has an account. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** True when the hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean;
}

export interface PasswordStrength {
  /** Whether somebody who tries the likely ones first would soon find it. `known`: names that belong to the account. */
  isGuessable(password: string, known: readonly string[]): Promise<boolean>;
}

/** From so many characters on a password needs no mixture: length is what counts. */
const PASSPHRASE = 16;

/**
 * The rule for every new password.
 * @throws DomainError `validation_failed` on `field`
 */
export async function checkPassword(
  password: string,
  owner: { email: string; username: string },
  strength: PasswordStrength,
  field = 'password',
): Promise<void> {
  // As it is hashed: whatever is the same password has the same strength.
  const normal = password.normalize('NFKC');
  const length = Array.from(normal).length;
  if (length < 8 || length > 128) throw invalidField(field, 'must have 8 to 128 characters');
  if (length < PASSPHRASE) {
    const otherwise = `or have ${PASSPHRASE} characters or more`;
    if (!/\p{Lu}/u.test(normal)) throw invalidField(field, `must contain an upper-case letter, ${otherwise}`);
    if (!/\p{Nd}/u.test(normal)) throw invalidField(field, `must contain a digit, ${otherwise}`);
  }
  const folded = normal.toLowerCase();
  const [email, username] = [owner.email, owner.username].map((name) => name.trim().toLowerCase());
  if (folded === email || folded === username) {
    throw invalidField(field, 'must not be your e-mail address or your user name');
  }
  const known = [owner.username, ...owner.email.split('@')];
  if (await strength.isGuessable(normal, known)) {
    throw invalidField(
      field,
      'is easy to guess; take four or more words that have nothing to do with each other, nor with you',
    );
  }
}
