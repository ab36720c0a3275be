import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { Invite } from './invite.ts';

export interface InviteQueries {
  /** The newest first. Null when the viewer is no member. @throws DomainError `forbidden` for who may not invite */
  list(viewer: Viewer, campaignId: string, page: PageRequest): Promise<Page<Invite> | null>;
  /** Whoever has the code may know the campaign's name. Null when it lies in the trash, or there is no such invite. */
  look(hash: string): Promise<{ readonly invite: Invite; readonly campaignName: string } | null>;
}
