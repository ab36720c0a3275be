import { DomainError } from '../shared/errors.ts';
import type { User } from '../users/user.ts';

/** One log-in on one device: the family of refresh tokens that descend from it. */
export interface SignIn {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** Fixed when the sign-in begins: rotation does not prolong it. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  /** When it was ended before its time; null while it lives. */
  readonly endedAt: Date | null;
}

/** How long a replayed refresh token is taken for a lost answer and not for a theft, in milliseconds. */
export const REFRESH_GRACE_MS = 10_000;

/** What a client holds after signing in. */
export interface TokenPair {
  /** JWT */
  readonly token: string;
  readonly refreshToken: string;
}

export interface SignedIn extends TokenPair {
  readonly user: User;
}

export function isLive(signIn: SignIn, now: Date): boolean {
  return signIn.endedAt === null && signIn.expiresAt > now;
}

/** What a token of a sign-in that has ended or expired is told, wherever that comes to light. */
export function signInEnded(): DomainError {
  return new DomainError('invalid_token', 'This sign-in has ended. Log in again.');
}
