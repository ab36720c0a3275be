import type { UserStatus } from './user.ts';
import type { Viewer } from '../shared/actor.ts';
import type { Usage } from '../shared/limits.ts';
import type { Page, PageRequest } from '../shared/page.ts';

/** What may be told of a user. */
export interface UserRecord {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly status: UserStatus;
  readonly createdAt: Date;
  readonly version: number;
}

/** What is told to the user itself. */
export interface MyRecord extends UserRecord {
  readonly usage: Usage;
}

export interface UserQueries {
  /** The viewer itself. */
  findMe(viewer: Viewer): Promise<MyRecord | null>;
  find(id: string): Promise<UserRecord | null>;
  findByEmail(email: string): Promise<UserRecord | null>;
  /** `limit` of those whose id ends like that, in small letters; the oldest first. */
  findByIdEnding(ending: string, limit: number): Promise<readonly UserRecord[]>;
  /** Oldest first. */
  list(page: PageRequest): Promise<Page<UserRecord>>;
}
