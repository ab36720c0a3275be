import type { CacheEntries, Entry } from './cache-entries.ts';

/** What is asked of Redis. Each call may fail, and takes a bounded time. */
interface RedisKeys {
  /** Whether it is worth asking. */
  readonly isReady: boolean;
  get(key: string): Promise<string | null>;
  set(key: string, text: string, ttlMs: number): Promise<unknown>;
}

interface Deps<V> {
  readonly redis: RedisKeys;
  /** The value as plain JSON. */
  readonly toJson: (value: V) => unknown;
  /** Null for what is none: another process may have kept it, perhaps of another version. */
  readonly fromJson: (value: unknown) => V | null;
  /** As long as anything is kept. */
  readonly longestMs: number;
}

/** The number changes with the form of the entries. */
const PREFIX = 'lazy-foundry:cache:1:';
const LARGEST = 256 * 1024;

/** In Redis, which other servers share. While Redis does not answer, nothing is found in it. */
export function makeRedisEntries<V>({ redis, toJson, fromJson, longestMs }: Deps<V>): CacheEntries<V> {
  // What others have kept cannot be cleared away, but only lives so long.
  let trustedFrom = 0;
  const orNull = async <T>(ask: () => Promise<T>): Promise<T | null> => {
    if (!redis.isReady) return null;
    try {
      return await ask();
    } catch {
      // The connection has told of it.
      return null;
    }
  };
  return {
    get: async (key) => {
      if (performance.now() < trustedFrom) return null;
      const text = await orNull(() => redis.get(PREFIX + key));
      return text === null ? null : entryIn(text, fromJson);
    },
    set: async (key, entry, ttlMs) => {
      const text = JSON.stringify({ ...entry, value: toJson(entry.value) });
      if (text.length <= LARGEST) await orNull(() => redis.set(PREFIX + key, text, ttlMs));
    },
    restart: () => {
      trustedFrom = performance.now() + longestMs;
    },
  };
}

function entryIn<V>(text: string, fromJson: (value: unknown) => V | null): Entry<V> | null {
  const { value: json, tags, versions, at } = objectIn(text);
  const value = fromJson(json);
  if (value === null || !isTexts(tags) || !isTexts(versions) || typeof at !== 'number') return null;
  return { value, tags, versions, at };
}

function objectIn(text: string): Partial<Record<keyof Entry<never>, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
