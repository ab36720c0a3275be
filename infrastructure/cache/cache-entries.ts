/** A value as it is kept. */
export interface Entry<V> {
  readonly value: V;
  readonly tags: readonly string[];
  /** Of the tags, when loading the value began. */
  readonly versions: readonly string[];
  /** When loading began, in milliseconds since 1970. */
  readonly at: number;
}

/** Keeps entries for a time, and knows nothing of their tags. It never fails: what it cannot find is not there. */
export interface CacheEntries<V> {
  get(key: string): Promise<Entry<V> | null>;
  /** Keeps it unless it is too large. */
  set(key: string, entry: Entry<V>, ttlMs: number): Promise<void>;
  /** Of what was kept before, nothing is found any more. */
  restart(): void;
}
