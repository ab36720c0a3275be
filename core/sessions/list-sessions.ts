import type { Seen } from '../members/member.ts';
import type { Viewer } from '../shared/actor.ts';
import { notFound } from '../shared/errors.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import { filterIn } from './filter-in.ts';
import type { Session } from './session.ts';
import type { CampaignSessionFilter, SessionInquiry, SessionOrder, SessionQueries } from './session-queries.ts';

/** A campaign's. @throws DomainError `not_found`, `validation_failed` */
export type ListSessions = (
  viewer: Viewer,
  input: {
    readonly campaignId: string;
    readonly inquiry: SessionInquiry & Pick<CampaignSessionFilter, 'q' | 'number'>;
    readonly order: SessionOrder;
  },
  page: PageRequest,
) => Promise<Page<Seen<Session>>>;

export function makeListSessions({ sessions }: { readonly sessions: SessionQueries }): ListSessions {
  return async (viewer, { campaignId, inquiry: { q, number, ...inquiry }, order }, page) => {
    const filter = await filterIn(inquiry, async () => {
      const timeZone = await sessions.timeZoneOf(viewer, campaignId);
      if (timeZone === null) throw notFound();
      return timeZone;
    });
    const found = await sessions.list(viewer, campaignId, { ...filter, q, number }, order, page);
    if (found === null) throw notFound();
    return found;
  };
}
