/** The short-lived tokens that requests carry. */
export interface AccessTokens {
  /** A signed JWT for the sign-in, valid from `now` for the configured lifetime. */
  sign(signIn: { id: string; userId: string }, now: Date): Promise<string>;
  /** @throws DomainError `token_expired`, `invalid_token` */
  verify(token: string, now: Date): Promise<AccessClaims>;
}

export interface AccessClaims {
  readonly userId: string;
  readonly signInId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}
