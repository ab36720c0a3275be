import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedDatabaseError, explainFileError } from './embedded-database-error.ts';
import { type PostgresAccount, canReach, isRoot, ownerOf, unprivilegedAccount } from './postgres-account.ts';

/** Where one cluster and its companions lie. Every process that names the same data folder gets the same place. */
export interface ClusterPlace {
  /** Holds all the others: the data folder, or its stand-in below /var/lib/lazy-foundry. */
  readonly base: string;
  readonly cluster: string;
  readonly lockFile: string;
  /** What PostgreSQL said before its own log was open, the last time it was started. */
  readonly startLog: string;
  /** Whom PostgreSQL runs as; null: as this process. */
  readonly account: PostgresAccount | null;
}

/** Where root keeps what the data folder cannot: clusters and binaries that an unprivileged account must reach. */
export const sharedFolder = '/var/lib/lazy-foundry';

/** Finds the place without making anything. */
export function findClusterPlace(dataFolder: string): ClusterPlace {
  const data = canonical(resolve(dataFolder));
  try {
    return isRoot() ? placeForRoot(data) : placeIn(data, null);
  } catch (error) {
    throw explainFileError(error, data);
  }
}

/** Makes the folders around the cluster, where they are missing. */
export function prepareClusterPlace({ base, account }: ClusterPlace): void {
  try {
    // Another account must pass through what root makes; nobody else has business in an ordinary user's folder.
    makeFolders(base, account ? 0o711 : 0o700);
  } catch (error) {
    throw explainFileError(error, base);
  }
}

function placeForRoot(data: string): ClusterPlace {
  const owner = ownerOf(join(data, 'postgres'));
  const account = owner ?? unprivilegedAccount();
  const standIn = join(sharedFolder, slug(data));
  if (owner) {
    if (canReach(owner, data)) return placeIn(data, owner);
    throw new EmbeddedDatabaseError(
      `The account that owns the database in ${join(data, 'postgres')} (${owner.name}) can no longer get there: ` +
        `let it traverse the folders above (chmod o+x), or move the folder to ${standIn}.`,
    );
  }
  // A database that once had to go to the stand-in stays there, though the way to the data folder may be open by now.
  const kept = ownerOf(join(standIn, 'postgres'));
  if (kept) return placeIn(standIn, kept);
  return placeIn(canReach(account, data) ? data : standIn, account);
}

function placeIn(base: string, account: PostgresAccount | null): ClusterPlace {
  return {
    base,
    cluster: join(base, 'postgres'),
    lockFile: join(base, 'postgres.lock'),
    startLog: join(base, 'postgres-start.log'),
    account,
  };
}

/** A readable, unique name; short enough for a socket below the stand-in to fit into the system's limit. */
function slug(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return `${path
    .replaceAll(/[^\w.]+/g, '-')
    .replace(/^-/, '')
    .slice(-39)}-${hash}`;
}

/** One folder, one name: links in the existing part are resolved. */
function canonical(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(canonical(parent), basename(path));
}

function makeFolders(folder: string, mode: number): void {
  const first = mkdirSync(folder, { recursive: true, mode });
  if (first === undefined) return;
  // A strict umask may have taken bits away.
  for (let made = folder; made.length >= first.length; made = dirname(made)) chmodSync(made, mode);
}
