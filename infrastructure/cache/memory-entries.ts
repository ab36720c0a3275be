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

/** In this process: the least recently used goes first. `sizeOf` tells how many bytes a value has. */
export function makeMemoryEntries<V extends object>(
  sizeOf: (value: V) => number,
  { bytes, entries }: Bounds = BOUNDS,
): CacheEntries<V> {
  const kept = new LRUCache<string, Entry<V>>({
    max: entries,
    maxSize: bytes,
    // So that what nobody asks for again does not stay.
    ttlAutopurge: true,
    maxEntrySize: Math.floor(bytes * LARGEST_PART),
    // A character takes one byte or two.
    sizeCalculation: ({ value, tags }, key) =>
      OVERHEAD + sizeOf(value) + 2 * (key.length + tags.reduce((sum, tag) => sum + tag.length, 0)),
  });
  return {
    get: (key) => Promise.resolve(kept.get(key) ?? null),
    set: (key, entry, ttl) => {
      kept.set(key, entry, { ttl });
      return Promise.resolve();
    },
    restart: () => {
      kept.clear();
    },
  };
}
