/** What an API token may be allowed to do; the world is what is in a campaign besides its sessions. */
export const SCOPES = [
  'campaigns:read',
  'campaigns:write',
  'members:read',
  'members:write',
  'sessions:read',
  'sessions:write',
  'world:read',
  'world:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks. Established by an adapter before any use case runs; use cases trust it and authorize it. */
export interface Actor {
  readonly userId: string;
  /** The sign-in that the request came with; null for an API token and for the command line on this machine. */
  readonly signInId: string | null;
  /** The API token that it came with, if any. */
  readonly apiTokenId?: string;
  /** What an API token is limited to; null for no limit. */
  readonly scopes: readonly Scope[] | null;
}

/** Whom a genuine token names, as long as nobody has asked yet whether the sign-in behind it still lives. */
interface Claimant {
  readonly claims: Actor;
}

/**
 * Who reads. A claimant's sign-in is proven by the very statement that answers the read, so that a read takes one; a use
 * case that changes something takes an {@link Actor} only.
 */
export type Viewer = Actor | Claimant;

/** Who the viewer is, proven or claimed: good to look up what it asks for, not to let it through. */
export function claimedBy(viewer: Viewer): Actor {
  return 'claims' in viewer ? viewer.claims : viewer;
}
