import type { Database } from '../../infrastructure/database/database.ts';
import type { Parameter } from '../../infrastructure/database/statement.ts';

/** The rows that a statement of the test's own words finds, with `$1` for the first of the values. */
export async function ask<R = Record<string, unknown>>(
  database: Pick<Database, 'run'>,
  text: string,
  values: readonly Parameter[] = [],
): Promise<readonly R[]> {
  return (await database.run<R>({ text, values })).rows;
}
