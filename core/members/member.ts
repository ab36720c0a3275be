import type { Role } from './role.ts';

/** A user's place in a campaign. */
export interface Member {
  readonly campaignId: string;
  readonly userId: string;
  readonly role: Role;
  readonly joinedAt: Date;
}

/** Something of a campaign as one of its members meets it: what may be shown of it, and done with it, is up to the role. */
export interface Seen<T> {
  readonly value: T;
  readonly role: Role;
}
