/** A list as PostgreSQL reads it, every entry as it is (its documentation, 8.15.6): between quotes, only two characters need a backslash. */
export function textArray(entries: readonly string[]): string {
  return `{${entries.map((entry) => `"${entry.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
