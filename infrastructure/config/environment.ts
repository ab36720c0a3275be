import { readSettingsFile } from './settings-file.ts';
import type { Env } from './setting-reader.ts';

/**
 * The process's environment, over `.env` in the folder where it was started.
 * @throws ConfigError for a `.env` that cannot be read or understood to its last line, or that a stranger may have written
 */
export async function loadEnvironment(env: Env, folder: string): Promise<Env> {
  return { ...(await readSettingsFile(folder, '.env')), ...env };
}
