/** What `load` of a cache loads. */
export interface Loaded<V> {
  readonly value: V;
  /** What ends the value's life when it changes; null for what is not to be cached. */
  readonly tags: readonly string[] | null;
}

/**
 * Holds values for a while, in this process or where all servers find them. A change that this process made before it
 * was asked is in whatever it gives, and one of another as soon as this process has heard of it. It never fails for
 * reasons of its own; where it cannot be sure, it finds nothing.
 */
export interface Cache<V> {
  /**
   * What is cached, or else what `load` loads, which then is cached. Those who ask at the same time wait for one load.
   * What a change has overtaken is answered to whom it was loaded for, and not cached.
   */
  wrap(key: string, ttlMs: number, load: () => Promise<Loaded<V>>): Promise<V>;
}
