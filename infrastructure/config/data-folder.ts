import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { ConfigError } from './config-error.ts';
import { isOthersToWrite } from './private-file.ts';
import type { SettingReader } from './setting-reader.ts';

/** What HS256 wants of a key at least (RFC 7518, section 3.2). */
export const MIN_SECRET_BYTES = 32;

/** Where this kind of machine keeps a user's data: `~/.local/share/lazy-foundry` on Linux. */
export function defaultDataFolder(): string {
  return envPaths('lazy-foundry', { suffix: '' }).data;
}

/** The folder that FOUNDRY_DATA_DIR names. `~` is no shell's to expand in `.env`, in a unit or in quotes. */
export function readDataFolder(read: Pick<SettingReader, 'text' | 'fault'>): string {
  const given = read.text('FOUNDRY_DATA_DIR') ?? defaultDataFolder();
  const [, user, below = ''] = /^~([^/]*)(.*)$/s.exec(given) ?? [];
  if (user === undefined) return resolve(given);
  if (user !== '') read.fault(`FOUNDRY_DATA_DIR must be written in full, not with "~${user}".`);
  return join(homedir(), below);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'something else has that name',
  ENOENT: 'no folder can be made there',
  ELOOP: 'its path has links that lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that disk can only be read',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

/** Written by the group or by all: whoever may write a secret may choose it, and sign with it. */
const SHARED = 0o022;

/** @throws ConfigError when the folder cannot be made, or somebody else may write in it */
export async function makeDataFolder(folder: string): Promise<void> {
  // As root the database runs as another user, who must be able to pass through; what is in it guards itself.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  const path = resolve(folder);
  try {
    await makeFolder(path, mode);
  } catch (error) {
    const reason = REASONS[codeOf(error)];
    throw new ConfigError([
      `The data folder ${folder} cannot be made${reason === undefined ? '' : `: ${reason}`} (${codeOf(error)}). ` +
        'Set FOUNDRY_DATA_DIR to a folder that you may write to.',
    ]);
  }
  if (!(await isOthersToWrite(await stat(path), path, SHARED))) return;
  throw new ConfigError([
    `The data folder ${path} may be written by other users, or is another user's: they could take over your data and ` +
      `your secret. Mend it (chmod go-w '${path}'), or set FOUNDRY_DATA_DIR to a folder of your own.`,
  ]);
}

/** With those above it. Node's own `recursive` never comes back from /proc, where nothing is made and nothing is missing. */
async function makeFolder(folder: string, mode: number): Promise<void> {
  const make = async (): Promise<void> => {
    await mkdir(folder, { mode }).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
    });
  };
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), mode);
    await make();
  }
}

/**
 * The secret that is generated once for a data folder, readable by its owner only.
 * @throws ConfigError when it cannot be read or kept, is too short to sign with, or may have been written by somebody else
 */
export async function keptSecret(folder: string): Promise<string> {
  const path = resolve(folder, 'jwt-secret');
  const secret = await readOrMake(path).catch((error: unknown) => {
    throw new ConfigError([
      `The secret in ${path} cannot be read or kept (${codeOf(error)}). ` +
        'Let this user read and write there, choose another folder with FOUNDRY_DATA_DIR, or set JWT_SECRET.',
    ]);
  });
  if (await isOthersToWrite(await stat(path), dirname(path), SHARED)) {
    throw new ConfigError([
      `The secret in ${path} may be written by other users, or is another user's: they could sign in as anybody. ` +
        'Remove the file, unless you know that nobody has written it: the next start makes another, and everybody logs in again.',
    ]);
  }
  if (Buffer.byteLength(secret) >= MIN_SECRET_BYTES) return secret;
  // Not replaced here: of two processes that did so at once, one would go on with a secret that is gone.
  throw new ConfigError([
    `The secret in ${path} has less than ${MIN_SECRET_BYTES} bytes. Remove the file: the next start makes another, ` +
      'and everybody logs in again.',
  ]);
}

async function readOrMake(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true, flag: 'wx' });
    // Whole or not at all, and of two processes that do this at once the first one wins.
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
