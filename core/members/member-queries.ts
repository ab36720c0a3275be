import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { Member } from './member.ts';

export interface MemberRecord extends Member {
  readonly username: string;
}

export interface MemberQueries {
  /** In the order of joining. Null when the viewer is no member. */
  list(viewer: Viewer, campaignId: string, page: PageRequest): Promise<Page<MemberRecord> | null>;
}
