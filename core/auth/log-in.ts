import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { PasswordHasher } from '../users/password.ts';
import { withPassword } from '../users/user.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { BeginSignIn } from './begin-sign-in.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { SignedIn } from './sign-in.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/**
 * @throws DomainError `invalid_credentials`, and `rate_limited` after too many of those: the same and after the same
 * work whether or not the account exists
 */
export type LogIn = (input: {
  readonly email: string;
  readonly password: string;
  readonly userAgent: string | null;
  /** Where the log-in comes from; null for this machine. */
  readonly address: string | null;
}) => Promise<SignedIn>;

interface Deps {
  readonly throttle: LoginThrottle;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly hasher: PasswordHasher;
  readonly beginSignIn: BeginSignIn;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

export function makeLogIn({ throttle, users, signIns, hasher, beginSignIn, transaction, clock }: Deps): LogIn {
  const signIn: LogIn = async (input) => {
    const { email, password, userAgent, address } = input;
    const user = await users.findByEmail(email);
    const correct = await hasher.verify(password, user?.passwordHash ?? null);
    if (user?.status !== 'active' || !correct) {
      throw new DomainError('invalid_credentials', 'The e-mail address or the password is not right.');
    }
    // Hashed outside the transaction: hashing waits its turn, and a waiting transaction would hold a connection.
    const stronger = hasher.isOutdated(user.passwordHash) ? await hasher.hash(password) : null;
    const signedIn = await transaction.run(async () => {
      const current = await users.getForUpdate(user.id);
      if (current.passwordHash !== user.passwordHash || current.status !== user.status) return null;
      const signer = stronger === null ? current : withPassword(current, stronger, clock.now());
      if (signer !== current) await users.save(signer);
      await throttle.succeed({ account: email, address });
      return beginSignIn(signer, userAgent);
    });
    // The hash was changed while the password was checked, by its owner or by a log-in that strengthened it: whether
    // the password is still the account's, the new hash must tell.
    return signedIn ?? signIn(input);
  };
  return async (input) => {
    const email = input.email.trim().toLowerCase();
    await throttle.begin({ account: email, address: input.address });
    const signedIn = await signIn({ ...input, email });
    // As in refreshing: nobody waits for what is over, nor fails by it.
    void signIns.prune(clock.now()).catch(() => undefined);
    return signedIn;
  };
}
