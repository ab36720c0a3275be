import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** `migrations/` beside the code that runs: the sources', or the build's. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));
export const MIGRATIONS_TABLE = 'migrations';

/** The names of all migrations that this version knows, oldest first. */
export async function migrationNames(): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS_FOLDER);
  return files
    .filter((file) => /^\d{14}-[a-z0-9-]+\.[jt]s$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort();
}
