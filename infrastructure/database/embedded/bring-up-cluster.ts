import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterPlace } from './cluster-place.ts';
import { clusterExists, createCluster } from './create-cluster.ts';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import { findPostgresPackage, preparePostgresBinaries } from './postgres-binaries.ts';
import { type Postmaster, isServed, readPostmaster, startPostmaster } from './postmaster.ts';
import { type Presence, connectPresence } from './presence.ts';

export interface BroughtUp {
  readonly presence: Presence;
  readonly postmaster: Postmaster;
  /** Whether the server was started here, and not found running. */
  readonly started: boolean;
}

/** How long traces of a crash (orphaned backends, shared memory, a process not yet reaped) may stand in the way. */
const crashPatienceMs = 10_000;
/** How long the server may take to replay its log after a crash, or to shut down: it says that it is at work. */
const recoveryPatienceMs = 300_000;

/** Faults that no second attempt mends. */
const permanent = /no space left|disk quota|permission denied|read-only file system|configuration file|parameter/i;

type Obstacle = 'gone' | 'busy' | 'final';

/** Adopts the server of this cluster, or starts it, making the cluster first where there is none. Call under the lock. */
export async function bringUpCluster(place: ClusterPlace, presenceName: string): Promise<BroughtUp> {
  const source = findPostgresPackage();
  const exists = clusterExists(place, source.version);
  let native: string | null = null;
  if (!exists) {
    native = await preparePostgresBinaries(source, place);
    await createCluster(place, native);
  }
  const began = performance.now();
  let started = false;
  for (;;) {
    const postmaster = readPostmaster(place);
    let obstacle: Obstacle = 'gone';
    let reason: unknown = null;
    if (postmaster) {
      try {
        return { presence: await connectPresence(postmaster, presenceName), postmaster, started };
      } catch (error) {
        reason = error;
        obstacle = obstacleOf(error);
        if (obstacle === 'final') throw explainFileError(error, postmaster.socketFolder);
      }
    }
    const patience = obstacle === 'busy' ? recoveryPatienceMs : crashPatienceMs;
    const exhausted = performance.now() - began > patience;
    if (obstacle === 'busy' || isServed(place)) {
      if (exhausted) throw deaf(place, postmaster, reason);
      await sleep(30);
      continue;
    }
    try {
      native ??= await preparePostgresBinaries(source, place);
      await startPostmaster(place, native);
      started = true;
    } catch (error) {
      if (exhausted || !isPassing(error)) throw explainFileError(error, place.base);
      await sleep(200);
    }
  }
}

/** What a failed connection says about the server. */
function obstacleOf(error: unknown): Obstacle {
  switch (errorCode(error)) {
    case '57P03': // cannot_connect_now: starting up, recovering or shutting down
      return 'busy';
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
    case '57P01': // admin_shutdown
    case '57P02': // crash_shutdown
    case null: // pg's own: the connection ended, or took too long
      return 'gone';
    default:
      return 'final';
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof EmbeddedDatabaseError)) return false;
  return error.cause instanceof Error && errorCode(error.cause) === null && !permanent.test(error.cause.message);
}

function deaf({ cluster }: ClusterPlace, postmaster: Postmaster | null, cause: unknown): EmbeddedDatabaseError {
  const process = postmaster ? ` (process ${postmaster.pid})` : '';
  return new EmbeddedDatabaseError(
    `A PostgreSQL server${process} has ${cluster} and does not answer: see its log in ${cluster}/log, ` +
      'stop it and try again.',
    { cause },
  );
}
