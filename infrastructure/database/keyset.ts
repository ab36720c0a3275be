import type { Page, PageRequest, Position } from '../../core/shared/page.ts';

/** Cuts a page from rows that were read with one more than its limit: the surplus row tells that more follow. */
export function toPage<Row, T>(
  rows: readonly Row[],
  { limit }: PageRequest,
  toItem: (row: Row) => T,
  positionOf: (row: Row) => Position,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last !== undefined ? positionOf(last) : null,
  };
}

/** A position's parts as the query that made it knows them. */
export function textAt(position: Position, index: number): string {
  return String(position[index]);
}

export function numberAt(position: Position, index: number): number {
  return Number(position[index]);
}
