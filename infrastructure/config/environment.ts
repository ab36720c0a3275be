import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { Env } from './setting-reader.ts';

/** The process's environment, over `.env` in the folder where it was started. */
export async function loadEnvironment(env: Env, folder: string): Promise<Env> {
  const file = await readFile(`${folder}/.env`, 'utf8').catch(() => '');
  return { ...parseEnv(file), ...env };
}
