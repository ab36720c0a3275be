/** Where a page ended: the values of its order's columns in the last row. Opaque to everybody but the query that made it. */
export type Position = readonly (string | number | null)[];

/** `limit` rows (1 to 100) that come after `after`, or the first ones. */
export interface PageRequest {
  readonly limit: number;
  readonly after: Position | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly next: Position | null;
}
