import { type Changes, changed } from '../shared/changes.ts';
import { invalidField } from '../shared/errors.ts';
import { expectRestorable, type Trashable } from '../shared/trash.ts';
import type { Versioned } from '../shared/version.ts';

export const VISIBILITIES = ['gm', 'party', 'chosen'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** What a GM says of an entry, of whichever noun. */
interface SharedFields {
  readonly name: string;
  readonly tags: readonly string[];
  /** Who besides the GMs sees it: nobody, the whole party, or the members in `visibleTo`. */
  readonly visibility: Visibility;
  /** Users; none but where the visibility is `chosen`. */
  readonly visibleTo: readonly string[];
  /** Markdown, for GMs only. */
  readonly gmNotes: string | null;
}

/** What a campaign's world is made of: an NPC, a map, a page of the journal. */
export interface Entry extends SharedFields, Versioned, Trashable {
  readonly id: string;
  readonly campaignId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A noun of the world: what is its own about it. `Own` are the fields that its entries have besides the shared ones. */
export interface Noun<Own extends object> {
  /** In the audit trail and on the command line. */
  readonly singular: string;
  /** In paths. */
  readonly plural: string;
  /** Its own fields, of an entry of which nothing but the name is told. */
  readonly blank: Own;
  /** Those of its own fields by whose value a list of them can be narrowed. */
  readonly filters: readonly string[];
}

export type EntryChanges<Own> = Changes<SharedFields & Own>;
export type EntryDetails<Own> = EntryChanges<Own> & Pick<SharedFields, 'name'>;

interface Origin {
  readonly id: string;
  readonly campaignId: string;
  readonly now: Date;
}

/** For GMs only unless the details say otherwise. @throws DomainError `validation_failed` */
export function newEntry<Own extends object>(
  { blank }: Noun<Own>,
  details: EntryDetails<Own>,
  { id, campaignId, now }: Origin,
): Entry & Own {
  const shared = { name: details.name, tags: [], visibility: 'gm', visibleTo: [], gmNotes: null } as const;
  const kept = { id, campaignId, createdAt: now, updatedAt: now, deletedAt: null, version: 1 };
  return withFields<Own>({ ...blank, ...shared, ...kept }, details);
}

/** Only what is given changes; the very same entry where that is nothing. @throws DomainError `validation_failed` */
export function updated<Own extends object>(entry: Entry & Own, changes: EntryChanges<Own>, now: Date): Entry & Own {
  const value = withFields(entry, changes);
  return value === entry ? entry : next(value, now);
}

export function trashed<E extends Entry>(entry: E, now: Date): E {
  return next({ ...entry, deletedAt: now }, now);
}

/** @throws DomainError `not_found` when it was deleted too long ago */
export function restored<E extends Entry>(entry: E, now: Date): E {
  expectRestorable(entry, now);
  return entry.deletedAt === null ? entry : next({ ...entry, deletedAt: null }, now);
}

function next<E extends Entry>(entry: E, now: Date): E {
  return { ...entry, updatedAt: now, version: entry.version + 1 };
}

function withFields<Own extends object>(entry: Entry & Own, changes: EntryChanges<Own>): Entry & Own {
  const { visibility = entry.visibility, visibleTo = entry.visibleTo } = changes;
  if (visibility !== 'chosen' && changes.visibleTo !== undefined && visibleTo.length > 0) {
    throw invalidField(
      'visibleTo',
      'is only for what is shown to chosen members: give the visibility "chosen" with it',
    );
  }
  const seers = visibility === 'chosen' ? [...new Set(visibleTo)] : [];
  const value = changed<SharedFields & Own>(entry, { ...changes, visibleTo: seers });
  return value === entry ? entry : { ...entry, ...value };
}
