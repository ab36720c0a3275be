import type { Seen } from '../members/member.ts';
import type { Viewer } from '../shared/actor.ts';
import type { Moment } from '../shared/moment.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { Results } from './results.ts';
import type { Session, SessionStatus } from './session.ts';

/** A sessions without a date counts as in the far future. */
export const SESSION_ORDERS = ['sessionNumber', '-sessionNumber', 'scheduledDate', '-scheduledDate'] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

/** Each filter narrows the list; null leaves it as it is. */
export interface SessionFilter {
  readonly status: SessionStatus | null;
  /** Scheduled at this moment or later. */
  readonly from: Date | null;
  /** Scheduled at this moment or earlier. */
  readonly to: Date | null;
  /** How the id ends, in small letters. */
  readonly idEnding: string | null;
}

export interface CampaignSessionFilter extends SessionFilter {
  /** Words to find in the title, whatever their case and accents. */
  readonly q: string | null;
  readonly number: number | null;
}

/** A filter as it comes in: times on the wall are meant in the time zone, or in the campaign's where that is null. */
export interface SessionInquiry extends Omit<SessionFilter, 'from' | 'to'> {
  readonly from: Moment | null;
  readonly to: Moment | null;
  readonly timeZone: string | null;
}

export interface SessionWithResults {
  readonly session: Session;
  readonly results: Results;
}

/** Reads that authorize and answer at once: what the viewer is no member of is not there. */
export interface SessionQueries {
  find(viewer: Viewer, id: string): Promise<Seen<Session> | null>;
  /** The campaign's; null when the viewer is no member of it. */
  timeZoneOf(viewer: Viewer, campaignId: string): Promise<string | null>;
  /** Null when the viewer is no member of the campaign. */
  list(
    viewer: Viewer,
    campaignId: string,
    filter: CampaignSessionFilter,
    order: SessionOrder,
    page: PageRequest,
  ): Promise<Page<Seen<Session>> | null>;
  /** Those of all campaigns that the viewer is a member of, by date; those without one come last. */
  listMine(viewer: Viewer, filter: SessionFilter, page: PageRequest): Promise<Page<Seen<Session>>>;
  /** Null also when the session has no results yet. */
  findResults(viewer: Viewer, id: string): Promise<Seen<SessionWithResults> | null>;
}
