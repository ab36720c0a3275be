import { setTimeout as sleep } from 'node:timers/promises';
import { type BroughtUp, bringUpCluster } from './bring-up-cluster.ts';
import { type ClusterPlace, findClusterPlace, prepareClusterPlace } from './cluster-place.ts';
import { clusterUser } from './create-cluster.ts';
import { withFileLock } from './file-lock.ts';
import { findPostgresPackage, preparePostgresBinaries } from './postgres-binaries.ts';
import { isServed, readPostmaster, stopPostmaster } from './postmaster.ts';
import {
  type Presence,
  answers,
  closePresence,
  connectPresence,
  countCompany,
  ensureDatabase,
  presenceName,
} from './presence.ts';

/** The PostgreSQL that Lazy Foundry runs for itself, shared by all processes that use the same data folder. */
export interface EmbeddedDatabase {
  /** Where the cluster lies, for the log. */
  readonly folder: string;
  /** How to connect, in `pg`'s terms; `host` is the socket's folder. Pools should also set `ssl: false`. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Whether this process started the server, and did not adopt a running one. */
  readonly started: boolean;
  /** Leaves: the last one to leave stops the server. Call it after closing one's own pools. Idempotent. */
  leave(): Promise<void>;
}

type EmbeddedDatabaseLog = (level: 'debug' | 'info' | 'warn', message: string) => void;

interface JoinOptions {
  readonly dataFolder: string;
  /** Made when missing; `lazy_foundry` by default. */
  readonly database?: string;
  /** For admins, and for leaving: connections of this application_name do not keep the server up. */
  readonly applicationName: string;
  readonly log?: EmbeddedDatabaseLog;
}

/** How long connections that are closing, in this process or another, may take to vanish from PostgreSQL's list. */
const vanishMs = 300;
const longestBackoffMs = 5000;

/** Where the cluster for this data folder is or would be. Makes and starts nothing. */
export function embeddedDatabaseFolder(dataFolder: string): string {
  return findClusterPlace(dataFolder).cluster;
}

/**
 * Joins the embedded database: adopts the running server or starts it, and makes the cluster and the database at first
 * use. While joined, the process is present; when the server is lost, it is brought back.
 *
 * @throws EmbeddedDatabaseError whose message says what is wrong and what to do.
 */
export async function joinEmbeddedDatabase(options: JoinOptions): Promise<EmbeddedDatabase> {
  const { database = 'lazy_foundry', applicationName, log = () => undefined } = options;
  forgetOtherServer();
  const place = findClusterPlace(options.dataFolder);
  prepareClusterPlace(place);
  const name = presenceName(applicationName);
  const join = (): Promise<BroughtUp> =>
    withFileLock(place.lockFile, place.account, async () => {
      const up = await bringUpCluster(place, name);
      await ensureDatabase(up.presence, database);
      return up;
    });

  const { presence, postmaster, started } = await join();
  log('debug', `${started ? 'started' : 'adopted'} the embedded PostgreSQL (process ${postmaster.pid})`);
  const connection = { host: postmaster.socketFolder, port: postmaster.port, user: clusterUser, database };
  const leaving = new AbortController();
  const present = stayPresent(presence, { join, leaving: leaving.signal, log, host: connection.host });
  let left: Promise<void> | null = null;
  return {
    folder: place.cluster,
    connection,
    started,
    leave: () => {
      leaving.abort();
      left ??= present().then((mine) => leave({ place, presence: mine, name, applicationName, log }));
      return left;
    },
  };
}

/** PGOPTIONS, PGSSLNEGOTIATION and their like speak of another server, and pg obeys them on every connection. */
function forgetOtherServer(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z_]+$/.test(name)) Reflect.deleteProperty(process.env, name);
}

interface Staying {
  readonly join: () => Promise<BroughtUp>;
  readonly leaving: AbortSignal;
  readonly log: EmbeddedDatabaseLog;
  readonly host: string;
}

/** Joins again whenever the presence is lost. Returns how to get the presence as it is once nobody joins any more. */
function stayPresent(first: Presence, { join, leaving, log, host }: Staying): () => Promise<Presence | null> {
  let current: Presence | null = first;
  let rejoining: Promise<void> = Promise.resolve();
  const watch = (presence: Presence): void => {
    void presence.ended.then(() => {
      current = null;
      if (leaving.aborted) return;
      log('warn', 'lost the connection to the embedded PostgreSQL; bringing it back');
      rejoining = rejoin();
    });
  };
  const rejoin = async (): Promise<void> => {
    for (let backoff = 50; !leaving.aborted; backoff = Math.min(backoff * 2, longestBackoffMs)) {
      try {
        const { presence, postmaster, started } = await join();
        current = presence;
        watch(presence);
        log('info', `the embedded PostgreSQL is back (${started ? 'restarted' : 'still running'})`);
        if (postmaster.socketFolder !== host) log('warn', `its socket has moved to ${postmaster.socketFolder}`);
        return;
      } catch (error) {
        log('warn', `the embedded PostgreSQL is not back yet: ${describe(error)}`);
      }
      await sleep(backoff, undefined, { ref: false, signal: leaving }).catch(() => undefined);
    }
  };
  watch(first);
  return async () => {
    await rejoining;
    return current;
  };
}

interface Leaving {
  readonly place: ClusterPlace;
  readonly presence: Presence | null;
  readonly name: string;
  readonly applicationName: string;
  readonly log: EmbeddedDatabaseLog;
}

async function leave({ place, presence, name, applicationName, log }: Leaving): Promise<void> {
  try {
    await withFileLock(place.lockFile, place.account, async () => {
      const mine = await workingPresence(place, presence, name);
      if (!mine || !(await lastOneOut(place, mine, applicationName))) return;
      await stopPostmaster(place, await preparePostgresBinaries(findPostgresPackage(), place));
      log('debug', 'stopped the embedded PostgreSQL');
    });
  } catch (error) {
    // What was committed is safe, and the next to join takes the server as it finds it: no reason to fail the program.
    log('warn', `could not leave the embedded PostgreSQL in order: ${describe(error)}`);
    if (presence) await closePresence(presence).catch(() => undefined);
  }
}

/** Closes the presence, having asked by it whether anyone else is there. */
async function lastOneOut(place: ClusterPlace, mine: Presence, applicationName: string): Promise<boolean> {
  try {
    return await isAlone(mine, applicationName).finally(() => closePresence(mine));
  } catch (error) {
    // A killed server's backends answer for some milliseconds more.
    if (isServed(place)) throw error;
    return false;
  }
}

/** A presence lost a moment ago is replaced if the server is still there, or again; null when there is none to stop. */
async function workingPresence(place: ClusterPlace, presence: Presence | null, name: string): Promise<Presence | null> {
  if (presence && (await answers(presence))) return presence;
  const postmaster = readPostmaster(place);
  return postmaster && isServed(place) ? connectPresence(postmaster, name) : null;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function isAlone(presence: Presence, applicationName: string): Promise<boolean> {
  for (const deadline = performance.now() + vanishMs; ;) {
    const { members, guests } = await countCompany(presence, applicationName);
    if (members > 0) return false;
    if (guests === 0) return true;
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
}
