import { may } from '../../core/members/role.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import { notFound } from '../../core/shared/errors.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import type { Entry, Noun } from '../../core/world/entry.ts';
import type { EntryFilter, EntryQueries } from '../../core/world/entry-queries.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import type { Seen } from '../../core/members/member.ts';
import type { MemoryQuotas } from './memory-quotas.ts';
import { type MemoryEntry, type MemoryState, type MemoryStore, expectNextVersion } from './memory-store.ts';

export interface MemoryWorld<Own extends object> {
  readonly repository: EntryRepository<Entry & Own>;
  /** Its positions are offsets, which will do where nothing is added between two pages. */
  readonly queries: EntryQueries<Entry & Own>;
}

/** The entries of one noun of the world. */
export function makeMemoryWorld<Own extends object>(
  store: MemoryStore,
  { plural }: Noun<Own>,
  quotas: MemoryQuotas,
): MemoryWorld<Own> {
  // Whoever stores says of which noun it is.
  const isMine = (stored: MemoryEntry): stored is MemoryEntry & { readonly entry: Entry & Own } =>
    stored.plural === plural;
  const seen = ({ campaigns, members, entries }: MemoryState, userId: string): readonly Seen<Entry & Own>[] =>
    [...entries.values()].filter(isMine).flatMap(({ entry }) => {
      const member = members.get(`${entry.campaignId} ${userId}`);
      if (member === undefined || campaigns.get(entry.campaignId)?.deletedAt !== null) return [];
      const isShown =
        entry.visibility === 'party' || (entry.visibility === 'chosen' && entry.visibleTo.includes(userId));
      const sees = may(member.role, 'secrets:read') || (isShown && entry.deletedAt === null);
      return sees ? [{ value: entry, role: member.role }] : [];
    });
  const write = (entry: Entry & Own, previous: boolean): Promise<void> =>
    store.write((state) => {
      if (previous) expectNextVersion(state.entries.get(entry.id)?.entry, entry);
      quotas.within(state, entry.campaignId, () => state.entries.set(entry.id, { plural, entry }));
    });

  return {
    repository: {
      add: (entry) => write(entry, false),
      save: (entry) => write(entry, true),
      getForUpdate: async (userId, id) => {
        const found = await store.read((state) => seen(state, userId).find(({ value }) => value.id === id));
        if (found === undefined) throw notFound();
        return found.value;
      },
    },
    queries: {
      find: (viewer, id) =>
        store.read(
          (state) =>
            seen(state, claimedBy(viewer).userId).find(({ value }) => value.id === id && value.deletedAt === null) ??
            null,
        ),
      list: (viewer, campaignId, filter, { limit, after }) =>
        store.read((state) => {
          const { userId } = claimedBy(viewer);
          if (!state.members.has(`${campaignId} ${userId}`)) return null;
          const all = seen(state, userId)
            .filter(({ value }) => value.campaignId === campaignId && value.deletedAt === null)
            .filter(({ value }) => fits(value, filter))
            .sort((one, other) => keyOf(one.value).localeCompare(keyOf(other.value)));
          const start = Number(after?.[0] ?? 0);
          const end = start + limit;
          return { items: all.slice(start, end), next: end < all.length ? [end] : null };
        }),
    },
  };
}

function keyOf({ name, id }: Entry): string {
  return `${name.toLowerCase()} ${id}`;
}

function fits(entry: Entry, { tag, visibility, q, name, idEnding, own }: EntryFilter): boolean {
  return (
    (tag === null || entry.tags.map(searchKey).includes(searchKey(tag))) &&
    (visibility === null || entry.visibility === visibility) &&
    (q === null || searchKey(entry.name).includes(searchKey(q))) &&
    (name === null || searchKey(entry.name) === searchKey(name)) &&
    (idEnding === null || entry.id.endsWith(idEnding)) &&
    Object.entries(own).every(([field, value]) => value === null || Reflect.get(entry, field) === value)
  );
}
