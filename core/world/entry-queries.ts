import type { Seen } from '../members/member.ts';
import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { Entry, Visibility } from './entry.ts';

/** Each filter narrows the list; null leaves it as it is. */
export interface EntryFilter {
  /** As the words are found. */
  readonly tag: string | null;
  readonly visibility: Visibility | null;
  /** Words to find in the name, whatever their case and accents. */
  readonly q: string | null;
  /** The whole name, as the words are found. */
  readonly name: string | null;
  /** How the id ends, as lower-case text. */
  readonly idEnding: string | null;
  /** What the noun's own fields hold, by their names. */
  readonly own: Readonly<Record<string, string | null>>;
}

/** Reads that authorize and answer at once: what is hidden from the viewer is not there. */
export interface EntryQueries<E extends Entry> {
  find(viewer: Viewer, id: string): Promise<Seen<E> | null>;
  /** By name, without regard to case. Null when the viewer is no member of the campaign. */
  list(viewer: Viewer, campaignId: string, filter: EntryFilter, page: PageRequest): Promise<Page<Seen<E>> | null>;
}
