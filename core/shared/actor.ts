/** Who asks. Established by an adapter before any use case runs; use cases trust it and authorize it. */
export interface Actor {
  readonly userId: string;
  /** The sign-in that the request came with; null for the command line, which works as the machine's own user. */
  readonly signInId: string | null;
}
