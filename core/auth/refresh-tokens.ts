/** An opaque secret and the only form of it that is stored. */
export interface IssuedToken {
  readonly token: string;
  readonly hash: string;
}

/** Refresh tokens: 256 bits, stored as a hash. */
export interface RefreshTokens {
  /** How long a sign-in lasts, in milliseconds. */
  readonly lifetimeMs: number;
  issue(): IssuedToken;
  /**
   * The token that replaces `token`. The same for the same token, so that a lost answer can be given again
   * although only the hash is stored; not computable without the server's key.
   */
  successor(token: string): IssuedToken;
  /** What `successor` answered before the server's key was changed; null when no key before it is known. */
  previousSuccessor(token: string): IssuedToken | null;
  hash(token: string): string;
}
