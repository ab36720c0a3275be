import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { lchown, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPlace } from './cluster-place.ts';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import { runPostgresTool, type ToolResult } from './run-postgres-tool.ts';

/** The one role of the cluster, its superuser; the socket's folder decides who may use it. */
export const clusterUser = 'lazy_foundry';

/**
 * How libc classifies characters. Full-text search still asks it (and not the builtin provider) what a letter is: under
 * C, typographic quotes and dashes count as letters and stick to the words. C is for systems without the others.
 */
const characterTypes = ['C.UTF-8', 'en_US.UTF-8', 'C'] as const;

const settings = [
  'max_connections=300',
  'timezone=UTC',
  'log_timezone=UTC',
  'logging_collector=on',
  // One file per weekday, written over a week later.
  'log_filename=postgresql-%a.log',
  'log_truncate_on_rotation=on',
  'log_rotation_age=1d',
  'log_rotation_size=0',
] as const;

/** Whether there is a cluster, of the major version that these binaries can serve. */
export function clusterExists({ cluster }: ClusterPlace, binariesVersion: string): boolean {
  const needed = binariesVersion.split('.', 1)[0] ?? binariesVersion;
  let found: string;
  try {
    found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw explainFileError(error, cluster);
  }
  if (found === needed) return true;
  throw new EmbeddedDatabaseError(
    `The database in ${cluster} was made by PostgreSQL ${found}; this version of Lazy Foundry has PostgreSQL ${needed}. ` +
      'Either dump it with the Lazy Foundry that made it and restore the dump with this one, ' +
      'or move the folder away to start with an empty database, ' +
      `or serve it with a PostgreSQL ${found} of your own and set DATABASE_URL.`,
  );
}

/**
 * Makes the cluster aside and moves it into its place when it is whole: killed at any moment, this leaves either a
 * cluster or nothing but a leftover that the next one removes. Call under the lock.
 */
export async function createCluster(place: ClusterPlace, native: string): Promise<void> {
  const { base, cluster, account } = place;
  try {
    refuseOtherContent(cluster);
    await removeLeftovers(base);
    const temporary = join(base, `postgres.new-${randomBytes(6).toString('hex')}`);
    for (const characterType of characterTypes) {
      await mkdir(temporary, { mode: 0o700 });
      if (account) await lchown(temporary, account.uid, account.gid);
      const result = await initialize(place, native, temporary, characterType);
      if (result.succeeded) break;
      await rm(temporary, { recursive: true, force: true });
      if (!/locale/i.test(result.output) || characterType === 'C') throw failure(base, result);
    }
    await rename(temporary, cluster);
    await syncFolder(base);
  } catch (error) {
    throw explainFileError(error, base);
  }
}

function initialize(
  { account }: ClusterPlace,
  native: string,
  folder: string,
  characterType: string,
): Promise<ToolResult> {
  const args = [
    ['--pgdata', folder, '--username', clusterUser, '--no-instructions', '--data-checksums'],
    ['--auth-local', 'trust', '--auth-host', 'reject', '--encoding', 'UTF8'],
    ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C', '--lc-ctype', characterType],
    settings.flatMap((setting) => ['--set', setting]),
  ];
  return runPostgresTool(join(native, 'bin', 'initdb'), args.flat(), { account });
}

/** An empty folder is fine: renaming replaces it. */
function refuseOtherContent(cluster: string): void {
  if (!existsSync(cluster) || (statSync(cluster).isDirectory() && readdirSync(cluster).length === 0)) return;
  throw new EmbeddedDatabaseError(
    `${cluster} is in the way: it is not a PostgreSQL cluster, and not an empty folder. Move it away and try again.`,
  );
}

async function removeLeftovers(base: string): Promise<void> {
  for (const entry of await readdir(base)) {
    if (!entry.startsWith('postgres.new-')) continue;
    // An initdb whose parent was killed may still be writing there: hence the retries.
    await rm(join(base, entry), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

/** Without this a power failure could forget the renaming, and with it all that was committed since. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function failure(base: string, { output }: ToolResult): EmbeddedDatabaseError {
  const full = /no space left|disk quota/i.test(output);
  const advice = full ? 'the disk is full: free some space and try again.' : 'see the cause, or set DATABASE_URL.';
  return new EmbeddedDatabaseError(`PostgreSQL could not make its cluster in ${base}: ${advice}`, {
    cause: new Error(output.trim().split('\n').slice(-20).join('\n')),
  });
}
