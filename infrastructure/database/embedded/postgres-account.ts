import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedDatabaseError, errorCode } from './embedded-database-error.ts';

/** The account that PostgreSQL runs as when this process is root. */
export interface PostgresAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const read = 4;
const traverse = 1;

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** `postgres` where there is one, else `nobody`: PostgreSQL refuses to run as root. */
export function unprivilegedAccount(passwd: string = readFileSync('/etc/passwd', 'utf8')): PostgresAccount {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = lines.find(([candidate]) => candidate === wanted) ?? [];
    // macOS writes nobody's id as -2; files carry it as 4294967294.
    if (name && Number(uid)) return { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  throw new EmbeddedDatabaseError(
    'PostgreSQL refuses to run as root, and this machine has neither an account "postgres" nor "nobody": ' +
      'run Lazy Foundry as an ordinary user, add such an account, or set DATABASE_URL.',
  );
}

/** Whose cluster it is, or null where there is none: root goes on as the user who made it. */
export function ownerOf(cluster: string): PostgresAccount | null {
  const stats = statOrNull(join(cluster, 'PG_VERSION'));
  if (!stats) return null;
  if (stats.uid === 0) {
    throw new EmbeddedDatabaseError(
      `${cluster} belongs to root, as whom PostgreSQL refuses to run (was it copied or restored by root?): ` +
        `give it back to the account that runs PostgreSQL, for instance: chown -R ${unprivilegedAccount().name}: '${cluster}'`,
    );
  }
  return { name: `uid ${stats.uid}`, uid: stats.uid, gid: stats.gid };
}

/** Whether the account can enter every folder on the way to the path and the path itself, judging by mode bits alone. */
export function canReach(account: PostgresAccount, path: string): boolean {
  const stats = statOrNull(path);
  const parent = dirname(path);
  // What is missing will be made by this process, traversable; so the nearest existing folder decides.
  if (!stats) return parent === path || canReach(account, parent);
  return allows(account, stats, traverse) && (parent === path || canReach(account, dirname(realpathSync(path))));
}

/** Whether the account may list or read this very path (not the way to it). */
export function canRead(account: PostgresAccount, path: string): boolean {
  const stats = statOrNull(path);
  return stats !== null && allows(account, stats, read);
}

function allows({ uid, gid }: PostgresAccount, stats: Stats, wish: number): boolean {
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & wish) === wish;
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
