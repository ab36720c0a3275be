import { type Expression, type RawBuilder, sql } from 'kysely';

/** Of an id's text, for LIKE; null for any. What an ending may consist of means nothing to LIKE. */
export function endingPattern(ending: string | null): string | null {
  return ending === null ? null : `%${ending}`;
}

/** Whether the id in that column fits the pattern. No index knows: let another clause bound the rows. */
export function idLike(column: string, pattern: Expression<string>): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)}::text like ${pattern}`;
}
