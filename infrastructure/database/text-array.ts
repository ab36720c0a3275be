import { ArrayType } from '@mikro-orm/postgresql';

/**
 * `text[]`, every entry as it is. MikroORM's own (7.2.1) quotes only some entries, and those as JSON does: an entry lost
 * its outer spaces, `null` became NULL, and a line break beside a comma became the letter n.
 */
export class TextArray extends ArrayType {
  override convertToDatabaseValue(entries: string[] | null): string | null {
    return entries === null ? null : `{${entries.map(quote).join(',')}}`;
  }
}

/** PostgreSQL's documentation, 8.15.6: between quotes, only the quote and the backslash need one before them. */
function quote(entry: string): string {
  return `"${entry.replace(/["\\]/g, '\\$&')}"`;
}
