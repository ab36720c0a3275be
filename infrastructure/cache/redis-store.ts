import type { CacheStore, Entry } from './cache-store.ts';

/** What the store asks of Redis. Each call may fail, and takes a bounded time. */
interface Redis {
  /** Whether it is worth asking. */
  readonly isReady: boolean;
  get(key: string): Promise<string | null>;
  set(key: string, text: string, ttlMs: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

interface Deps<V> {
  readonly redis: Redis;
  /** Whether what another process has kept is a value: it may be of another version. */
  readonly isValue: (value: unknown) => value is V;
  /** As long as anything is kept. */
  readonly longestMs: number;
}

/** The number changes with the form of the entries. */
const PREFIX = 'lazy-foundry:cache:1:';
const LARGEST = 256 * 1024;

/** In Redis, which other servers share. While Redis does not answer, nothing is found in it. */
export function makeRedisStore<V>({ redis, isValue, longestMs }: Deps<V>): CacheStore<V> {
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
      return text === null ? null : entryIn(text, isValue);
    },
    set: async (key, entry, ttlMs) => {
      const text = JSON.stringify(entry);
      if (text.length <= LARGEST) await orNull(() => redis.set(PREFIX + key, text, ttlMs));
    },
    delete: async (key) => {
      await orNull(() => redis.delete(PREFIX + key));
    },
    restart: () => {
      trustedFrom = performance.now() + longestMs;
    },
  };
}

function entryIn<V>(text: string, isValue: (value: unknown) => value is V): Entry<V> | null {
  const { value, tags, versions, at } = objectIn(text);
  if (!isValue(value) || !isTexts(tags) || !isTexts(versions) || typeof at !== 'number') return null;
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
