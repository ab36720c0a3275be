import { createHash } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterPlace } from './cluster-place.ts';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import { type PostgresAccount, canReach } from './postgres-account.ts';

/** Only names the socket's file: there is no TCP. */
export const socketPort = 5432;

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const longestSocketPath = 100;

/**
 * Makes the folder in which the server is to put its socket: beside the cluster, or, when that path is too long for a
 * socket, one of the cluster's own among the temporary files; TMPDIR may name a place that is not there or not for us.
 * Call under the lock.
 */
export function prepareSocketFolder({ base, account }: ClusterPlace): string {
  const beside = join(base, 'postgres.sock');
  const hash = createHash('sha256').update(base).digest('hex').slice(0, 16);
  const name = `lazy-foundry-${account?.uid ?? process.geteuid?.() ?? 0}-${hash}`;
  const elsewhere = [tmpdir(), '/tmp'].filter((folder) => !account || canReach(account, folder));
  const [first = beside, ...others] = [beside, ...elsewhere.map((folder) => join(folder, name))].filter(fits);
  return makeFirst(first, others, account);
}

function makeFirst(folder: string, [next, ...others]: readonly string[], account: PostgresAccount | null): string {
  try {
    makeSocketFolder(folder, account);
    return folder;
  } catch (error) {
    // One that is there and not ours is told: somebody may have put it there for us.
    const isOurs = error instanceof EmbeddedDatabaseError && error.cause !== undefined;
    if (next === undefined || !isOurs) throw error;
    return makeFirst(next, others, account);
  }
}

/** Makes the folder where it is missing, for the server's account alone. Call under the lock. */
export function makeSocketFolder(folder: string, account: PostgresAccount | null): void {
  try {
    try {
      mkdirSync(folder, { mode: 0o700 });
      // By what was opened: nobody can put a link in its place meanwhile.
      const made = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      try {
        fchmodSync(made, 0o700);
        if (account) fchownSync(made, account.uid, account.gid);
      } finally {
        closeSync(made);
      }
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    verifySocketFolder(folder, account);
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

/**
 * Refuses a folder that somebody else could have prepared: temporary folders are open to all, and whoever holds the
 * socket reads every query.
 */
export function verifySocketFolder(folder: string, account: PostgresAccount | null): void {
  const stats = lstatSync(folder);
  const owner = account?.uid ?? process.geteuid?.();
  if (stats.isDirectory() && stats.uid === owner && (stats.mode & 0o777) === 0o700) return;
  throw new EmbeddedDatabaseError(
    `${folder} should be a folder of mode 0700 that belongs to the account of the database (uid ${owner ?? '?'}), ` +
      'and is not: find out who made it, then remove it.',
  );
}

function fits(folder: string): boolean {
  // PostgreSQL writes the path on a line of its own into postmaster.pid.
  return Buffer.byteLength(join(folder, `.s.PGSQL.${socketPort}`)) <= longestSocketPath && !folder.includes('\n');
}
