import { type Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type Transaction } from '../shared/transaction.ts';
import { type PasswordHasher } from '../users/password.ts';
import { withPassword } from '../users/user.ts';
import { type UserRepository } from '../users/user-repository.ts';
import { type BeginSignIn } from './begin-sign-in.ts';
import { type SignedIn } from './sign-in.ts';

/** @throws DomainError `invalid_credentials`, the same and after the same work whether or not the account exists */
export type LogIn = (input: {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string | null;
}) => Promise<SignedIn>;

interface Deps {
  readonly users: UserRepository;
  readonly hasher: PasswordHasher;
  readonly beginSignIn: BeginSignIn;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

export function makeLogIn({ users, hasher, beginSignIn, transaction, clock }: Deps): LogIn {
  const logIn: LogIn = async (input) => {
    const { email, password, userAgent } = input;
    const user = await users.findByEmail(email.trim().toLowerCase());
    const correct = await hasher.verify(password, user?.passwordHash ?? null);
    if (user === null || !correct) {
      throw new DomainError('invalid_credentials', 'The e-mail address or the password is not right.');
    }
    // Hashed outside the transaction: hashing waits its turn, and a waiting transaction would hold a connection.
    const stronger = hasher.isOutdated(user.passwordHash) ? await hasher.hash(password) : null;
    const signedIn = await transaction.run(async () => {
      const current = await users.getForUpdate(user.id);
      if (current.passwordHash !== user.passwordHash) return null;
      const signer = stronger === null ? current : withPassword(current, stronger, clock.now());
      if (signer !== current) await users.save(signer);
      return beginSignIn(signer, userAgent);
    });
    // The hash was changed while the password was checked, by its owner or by a log-in that strengthened it: whether
    // the password is still the account's, the new hash must tell.
    return signedIn ?? logIn(input);
  };
  return logIn;
}
