import { DomainError } from '../shared/errors.ts';
import type { User } from '../users/user.ts';

/** One log-in on one device: the family of refresh tokens that descend from it. */
export interface SignIn {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** See {@link expiryOf}. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  /** When it was ended before its time; null while it lives. */
  readonly endedAt: Date | null;
}

/** How long a sign-in lasts without being used, in milliseconds. */
export const SIGN_IN_IDLE_MS = 14 * 24 * 60 * 60 * 1000;

/** When a sign-in is over that was used at `usedAt`: each use prolongs it, up to `lifetimeMs` from its beginning. */
export function expiryOf(createdAt: Date, usedAt: Date, lifetimeMs: number): Date {
  return new Date(Math.min(usedAt.getTime() + SIGN_IN_IDLE_MS, createdAt.getTime() + lifetimeMs));
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
