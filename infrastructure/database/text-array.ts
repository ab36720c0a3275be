/**
 * A list as PostgreSQL reads it, every entry as it is: between quotes, only two characters need a backslash (its
 * documentation, 8.15.6).
 */
export function textArray(entries: readonly string[]): string {
  return `{${entries.map((entry) => `"${entry.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
