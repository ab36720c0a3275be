import type { Role } from '../members/role.ts';
import type { Seen } from '../members/member.ts';
import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { Campaign, CampaignStatus } from './campaign.ts';

/** Each filter narrows the list; null leaves it as it is. */
interface CampaignFilter {
  readonly status: CampaignStatus | null;
  /** The viewer's own role. */
  readonly role: Role | null;
  /** Words to find in the name, whatever their case and accents. */
  readonly q: string | null;
  /** The whole name, as the words are found. */
  readonly name: string | null;
  /** How the id ends, in small letters. */
  readonly idEnding: string | null;
}

/** A session as a campaign's summary names it. */
export interface SessionMention {
  readonly id: string;
  readonly sessionNumber: number;
  readonly title: string;
  readonly scheduledDate: Date | null;
  /** In which that date is meant. */
  readonly timeZone: string;
  readonly completedDate: Date | null;
}

/** A campaign at a glance, as far as the viewer may see. */
export interface CampaignSummary {
  readonly sessionsCompleted: number;
  readonly sessionsTotal: number;
  /** The running session, else the planned one with the earliest date from now on, else the first without a date. */
  readonly nextSession: SessionMention | null;
  /** The completed session with the highest number. */
  readonly lastSession: SessionMention | null;
  readonly members: number;
  /** How many entries of its world there are, by the noun's plural. */
  readonly entries: Readonly<Record<string, number>>;
  /** What the newest completed session left unfinished. */
  readonly openThreads: readonly string[];
}

/** Reads that authorize and answer at once: what the viewer is no member of is not there. */
export interface CampaignQueries {
  find(viewer: Viewer, id: string): Promise<Seen<Campaign> | null>;
  /** Newest first. */
  list(viewer: Viewer, filter: CampaignFilter, page: PageRequest): Promise<Page<Seen<Campaign>>>;
  summary(viewer: Viewer, id: string, now: Date): Promise<CampaignSummary | null>;
}
