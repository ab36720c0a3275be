import type { Page, PageRequest, Position } from '../../core/shared/page.ts';

/** Cuts a page from rows that were read with one more than its limit: the surplus row tells that more follow. */
export function toPage<Row>(
  rows: readonly Row[],
  { limit }: PageRequest,
  positionOf: (row: Row) => Position,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? positionOf(last) : null };
}

/** A position's parts as the query that made it knows them; null on the first page. */
export function textAt(position: Position | null, index: number): string | null {
  return position === null ? null : String(position[index]);
}

export function numberAt(position: Position | null, index: number): number | null {
  return position === null ? null : Number(position[index]);
}

/** For LIKE: what has the text in it, whatever that holds. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
