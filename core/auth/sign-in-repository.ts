import type { SignIn } from './sign-in.ts';

/** A stored refresh token: live until it is rotated, once. */
export interface StoredRefreshToken {
  readonly signIn: SignIn;
  readonly rotatedAt: Date | null;
  /** The hash of the token that replaced it, once rotated. */
  readonly successorHash: string | null;
  /** True when the successor has been rotated too. */
  readonly successorUsed: boolean;
}

export interface SignInRepository {
  add(signIn: SignIn, firstTokenHash: string): Promise<void>;
  find(id: string): Promise<SignIn | null>;
  /**
   * Replaces a token by its successor, in one conditional update: of any number of calls with the same token one
   * gets the sign-in as it is from then on, the others null. Null also for a token that is unknown or whose sign-in is not
   * live at `now`. It lasts at most `lifetimeMs` from its beginning.
   */
  rotate(tokenHash: string, successorHash: string, now: Date, lifetimeMs: number): Promise<SignIn | null>;
  findToken(tokenHash: string): Promise<StoredRefreshToken | null>;
  /** Ends the sign-in; nothing when it is ended already. */
  end(id: string, now: Date): Promise<void>;
  /** Ends every sign-in of the user but `except`. */
  endAll(userId: string, now: Date, except: string | null): Promise<void>;
  /** Forgets some that are over at `now`, and their tokens, whosever they are: few enough not to be felt. */
  prune(now: Date): Promise<void>;
}
