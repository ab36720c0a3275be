import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Migration } from '@mikro-orm/migrations';

/** `migrations/` beside the code that runs: the sources', or the build's. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));
export const MIGRATIONS_TABLE = 'migrations';

/** Whether it runs in a transaction: making or dropping an index concurrently cannot, nor can what is done in many small steps. */
export async function isTransactional(name: string): Promise<boolean> {
  const file = (await readdir(MIGRATIONS_FOLDER)).find((each) => each.replace(/\.[jt]s$/, '') === name);
  if (file === undefined) throw new Error(`There is no migration ${name}.`);
  const loaded: unknown = await import(pathToFileURL(join(MIGRATIONS_FOLDER, file)).href);
  if (typeof loaded !== 'object' || loaded === null) throw new Error(`${file} is no module.`);
  return Object.values<unknown>({ ...loaded }).every((each) => {
    const prototype: unknown = typeof each === 'function' ? each.prototype : null;
    return !(prototype instanceof Migration) || prototype.isTransactional();
  });
}

/** The names of all migrations that this version knows, oldest first. */
export async function migrationNames(): Promise<readonly string[]> {
  const files = await readdir(MIGRATIONS_FOLDER);
  return files
    .filter((file) => /^\d{14}-[a-z0-9-]+\.[jt]s$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort();
}
