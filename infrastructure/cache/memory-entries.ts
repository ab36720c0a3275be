import { LRUCache } from 'lru-cache';
import type { CacheEntries, Entry } from './cache-entries.ts';

interface Bounds {
  readonly bytes: number;
  readonly entries: number;
}

const MIB = 1024 * 1024;
const BOUNDS: Bounds = { bytes: 32 * MIB, entries: 20_000 };
/** A list of long texts must not push out hundreds of others. */
const LARGEST_PART = 1 / 64;
/** What an entry takes besides that, by and large. */
const OVERHEAD = 400;
const CLEAN_UP_MS = 10_000;

/** In this process: the least recently used goes first. `sizeOf` tells how many bytes a value has. */
export function makeMemoryEntries<V extends object>(
  sizeOf: (value: V) => number,
  { bytes, entries }: Bounds = BOUNDS,
): CacheEntries<V> {
  const kept = new LRUCache<string, Entry<V>>({
    max: entries,
    maxSize: bytes,
    maxEntrySize: Math.floor(bytes * LARGEST_PART),
    // A character takes one byte or two.
    sizeCalculation: ({ value, tags }, key) =>
      OVERHEAD + sizeOf(value) + 2 * (key.length + tags.reduce((sum, tag) => sum + tag.length, 0)),
  });
  let cleaning: NodeJS.Timeout | null = null;
  const cleanUpLater = (): void => {
    cleaning ??= setTimeout(() => {
      cleaning = null;
      kept.purgeStale();
      if (kept.size > 0) cleanUpLater();
    }, CLEAN_UP_MS).unref();
  };
  return {
    get: (key) => Promise.resolve(kept.get(key) ?? null),
    set: (key, entry, ttl) => {
      kept.set(key, entry, { ttl });
      cleanUpLater();
      return Promise.resolve();
    },
    delete: (key) => {
      kept.delete(key);
      return Promise.resolve();
    },
    restart: () => {
      kept.clear();
    },
  };
}
