import type { Cache, Loaded } from '../../core/shared/cache.ts';
import type { Clock } from '../../core/shared/clock.ts';
import type { CacheEntries } from './cache-entries.ts';
import type { TagVersions } from './tag-versions.ts';

interface Deps<V> {
  readonly entries: CacheEntries<V>;
  readonly versions: TagVersions;
  /** Whether every change that was announced until a moment ago has been heard of. */
  readonly isFresh: () => boolean;
  readonly clock: Clock;
  /** Nothing is kept for longer. */
  readonly longestMs: number;
}

interface Loading<V> {
  readonly began: number;
  readonly value: Promise<V>;
}

/**
 * Values with a time to live, each good until one of its tags changes. What cannot be known to be good is loaded: a cache
 * that does not hear of changes costs time, and answers nothing stale.
 */
export function makeCache<V>({ entries, versions, isFresh, clock, longestMs }: Deps<V>): Cache<V> {
  const running = new Map<string, Loading<V>>();

  const find = async (key: string): Promise<V | null> => {
    const entry = await entries.get(key);
    if (entry === null) return null;
    // Only now: while the entries were asked, what was found may have changed.
    const isYoung = Math.abs(clock.now().getTime() - entry.at) < longestMs;
    return isYoung && isFresh() && versions.are(entry.versions, entry.tags) ? entry.value : null;
  };

  /** Loads it, and keeps it unless it may be of before a change that is known by now. */
  const loadAndKeep = async (key: string, ttlMs: number, load: () => Promise<Loaded<V>>): Promise<V> => {
    const began = versions.moment;
    const at = clock.now().getTime();
    const { value, tags } = await load();
    const found = tags !== null && isFresh() ? versions.since(began, tags) : null;
    if (tags !== null && found !== null) {
      void entries.set(key, { value, tags, versions: found, at }, Math.min(ttlMs, longestMs));
    }
    return value;
  };

  return {
    wrap: async (key, ttlMs, load) => {
      if (!isFresh()) return (await load()).value;
      const found = await find(key);
      if (found !== null) return found;
      const other = running.get(key);
      // Whoever asks after a change must not get what was read before it, whatever it turns out to depend on.
      if (other?.began === versions.moment && isFresh()) return other.value;
      const mine = { began: versions.moment, value: loadAndKeep(key, ttlMs, load) };
      running.set(key, mine);
      try {
        return await mine.value;
      } finally {
        if (running.get(key) === mine) running.delete(key);
      }
    },
  };
}
