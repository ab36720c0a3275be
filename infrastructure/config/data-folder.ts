import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { ConfigError } from './config-error.ts';

/** Where this kind of machine keeps a user's data: `~/.local/share/lazy-foundry` on Linux. */
export function defaultDataFolder(): string {
  return envPaths('lazy-foundry', { suffix: '' }).data;
}

/** @throws ConfigError when the folder cannot be made */
export async function makeDataFolder(folder: string): Promise<void> {
  // As root the database runs as another user, who must be able to pass through; what is in it guards itself.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    await mkdir(resolve(folder), { recursive: true, mode });
  } catch (error) {
    throw new ConfigError([
      `The data folder ${folder} cannot be made (${codeOf(error)}). Set FOUNDRY_DATA_DIR to a folder that you may write to.`,
    ]);
  }
}

/** The secret that is generated once for a data folder, readable by its owner only. */
export async function keptSecret(folder: string): Promise<string> {
  const path = resolve(folder, 'jwt-secret');
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found.trim() !== '') return found.trim();
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    // Whole or not at all, and of two processes that do this at once the first one wins.
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
