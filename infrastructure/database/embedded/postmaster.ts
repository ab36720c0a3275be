import { execFileSync } from 'node:child_process';
import { constants, existsSync, readFileSync, statSync } from 'node:fs';
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterPlace } from './cluster-place.ts';
import { EmbeddedDatabaseError, errorCode, explainFileError } from './embedded-database-error.ts';
import { type ToolResult, runPostgresTool } from './run-postgres-tool.ts';
import { prepareSocketFolder, socketPort, verifySocketFolder } from './socket-folder.ts';

/** What postmaster.pid says: a postmaster that runs, or one that was killed. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketFolder: string;
}

/** No process can have it: it is above Linux's and macOS's limits. */
const deadPid = 2_147_483_646;
const sixDaysMs = 6 * 86_400_000;
const largestLog = 20_000_000;
/** Starting and stopping take some 20 ms; pg_ctl, when it waits, looks every 100. */
const pollMs = 5;
const stopPatienceMs = 60_000;

/** Reads postmaster.pid; null when no server left one. The socket's folder is only as trustworthy as its owner. */
export function readPostmaster({ cluster, account }: ClusterPlace): Postmaster | null {
  const content = readOrNull(pidFile(cluster));
  const [pid, , , port, socketFolder] = content?.split('\n') ?? [];
  if (!Number(pid) || !Number(port) || !socketFolder) return null;
  try {
    verifySocketFolder(socketFolder, account);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return { pid: Number(pid), port: Number(port), socketFolder };
}

/** Whether a server has this cluster, judging by the process that postmaster.pid names. */
export function isServed({ cluster }: ClusterPlace): boolean {
  return pidHolder(cluster) === 'server';
}

/** Starts the server and waits until it accepts connections. Call under the lock, when no server has the cluster. */
export async function startPostmaster(place: ClusterPlace, native: string): Promise<void> {
  const { cluster, account, startLog } = place;
  const socketFolder = prepareSocketFolder(place);
  await retirePidFile(cluster);
  // The socket's lock file names the killed server in the same way; the cluster's own guards more than it does.
  if (!isServed(place)) await rm(join(socketFolder, `.s.PGSQL.${socketPort}.lock`), { force: true });
  await dropOldLogs(join(cluster, 'log'));
  const options = [
    "listen_addresses=''",
    `port=${socketPort}`,
    `unix_socket_directories='${quotedForList(socketFolder)}'`,
    'unix_socket_permissions=0700',
    'fsync=on',
    // A fault's statement and row can hold password hashes and game masters' secrets: its log does without.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
  ];
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const log = await open(startLog, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    if (account) await log.chown(account.uid, account.gid);
    const began = Date.now();
    const control = runPostgresTool(
      join(native, 'bin', 'pg_ctl'),
      ['start', '-w', '-s', '-t', '120', '-o', options.map((option) => `-c ${option}`).join(' ')],
      // By the environment, since pg_ctl would hand its -D to a shell between double quotes.
      { account, environment: { PGDATA: cluster }, outputFile: log.fd },
    );
    const result = await seenReady(place, control);
    if (!result.succeeded) throw startFailure(place, await tailOfLogs(place, began));
  } finally {
    await log.close();
  }
}

/** What pg_ctl says of the start; or, as it may well say so later, that the server accepts connections. */
async function seenReady(place: ClusterPlace, control: Promise<ToolResult>): Promise<ToolResult> {
  const ended = new AbortController();
  const polled = async (): Promise<ToolResult> => {
    while (!isReady(place)) await sleep(pollMs, undefined, { signal: ended.signal });
    return { succeeded: true, output: '' };
  };
  try {
    return await Promise.race([control, polled().catch(() => control)]);
  } finally {
    ended.abort();
  }
}

/** A killed server's postmaster.pid may say "ready" for ever. */
function isReady(place: ClusterPlace): boolean {
  const status = readOrNull(pidFile(place.cluster))?.split('\n')[7];
  return status?.trim() === 'ready' && isServed(place);
}

/** Stops the server and waits for its end; open transactions are rolled back. Call under the lock. */
export async function stopPostmaster(place: ClusterPlace, native: string): Promise<void> {
  const { cluster, account } = place;
  const { succeeded, output } = await runPostgresTool(
    join(native, 'bin', 'pg_ctl'),
    ['stop', '-m', 'fast', '-W', '-s'],
    {
      account,
      environment: { PGDATA: cluster },
    },
  );
  const deadline = performance.now() + (succeeded ? stopPatienceMs : 0);
  while (readOrNull(pidFile(cluster)) !== null && isServed(place)) {
    if (performance.now() > deadline) {
      throw new EmbeddedDatabaseError(
        `PostgreSQL in ${cluster} did not stop in a minute; its process is the first line of ${pidFile(cluster)}.`,
        { cause: new Error(output) },
      );
    }
    await sleep(pollMs);
  }
}

type PidHolder = 'nobody' | 'server' | 'stranger';

/** Who has the number in postmaster.pid: its server, nobody any more, or a process that PostgreSQL takes for its server. */
function pidHolder(cluster: string): PidHolder {
  const pid = Number.parseInt(readOrNull(pidFile(cluster)) ?? '', 10);
  if (!pid) return 'nobody';
  try {
    process.kill(pid, 0);
  } catch {
    return 'nobody';
  }
  try {
    if (process.platform !== 'linux') {
      const command = execFileSync('ps', ['-p', `${pid}`, '-o', 'command='], { encoding: 'utf8' });
      return command.includes('postgres') ? 'server' : 'stranger';
    }
    // A server works in its cluster. A process without a folder is dead and not yet reaped.
    if (!existsSync('/proc/self')) return 'server';
    const [its, ours] = [statSync(`/proc/${pid}/cwd`), statSync(cluster)];
    return its.ino === ours.ino && its.dev === ours.dev ? 'server' : 'stranger';
  } catch {
    return 'stranger';
  }
}

/**
 * PostgreSQL refuses to start while the number in a stale postmaster.pid belongs to anything alive, even a zombie or, in
 * a container, a stranger of the same number. The rest of the file must stay: by it PostgreSQL finds out whether
 * orphaned backends still use the shared memory.
 */
async function retirePidFile(cluster: string): Promise<void> {
  const path = pidFile(cluster);
  const content = readOrNull(path);
  if (content === null) return;
  if (content.trim() === '') {
    // Killed between making the file and filling it; a server that is only just starting gets its time.
    if (Math.abs(Date.now() - statSync(path).mtimeMs) > 2000) await rm(path, { force: true });
    return;
  }
  if (pidHolder(cluster) !== 'stranger') return;
  const { O_WRONLY, O_NOFOLLOW } = constants;
  const flag = O_WRONLY | O_NOFOLLOW;
  await writeFile(path, [deadPid, ...content.split('\n').slice(1)].join('\n'), { flag }).catch((error: unknown) => {
    throw explainFileError(error, path);
  });
}

/** Rotation only looks after a server that runs for days: short-lived ones would append to the same files for ever. */
async function dropOldLogs(folder: string): Promise<void> {
  for (const path of await logFiles(folder)) {
    const { mtimeMs, size } = await stat(path);
    if (Math.abs(Date.now() - mtimeMs) > sixDaysMs || size > largestLog) await rm(path, { force: true });
  }
}

async function tailOfLogs({ cluster, startLog }: ClusterPlace, since: number): Promise<string> {
  const texts = [await readFile(startLog, 'utf8')];
  for (const path of await logFiles(join(cluster, 'log'))) {
    if ((await stat(path)).mtimeMs >= since) texts.push(await readFile(path, 'utf8'));
  }
  return texts.map((text) => text.trim().split('\n').slice(-20).join('\n')).join('\n');
}

async function logFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    return entries.filter((entry) => /^postgresql-\w+\.log$/.test(entry)).map((entry) => join(folder, entry));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function startFailure({ cluster }: ClusterPlace, tail: string): EmbeddedDatabaseError {
  const advice = /no space left|disk quota/i.test(tail)
    ? 'the disk is full: free some space and try again.'
    : /file descriptors|too many open files/i.test(tail)
      ? 'this user may open too few files: raise "ulimit -n" and try again.'
      : `see the cause and the logs in ${join(cluster, 'log')}, or set DATABASE_URL.`;
  return new EmbeddedDatabaseError(`PostgreSQL could not start in ${cluster}: ${advice}`, { cause: new Error(tail) });
}

/** An element of a list setting, inside single quotes of the shell. */
function quotedForList(folder: string): string {
  return `"${folder.replaceAll('"', '""')}"`.replaceAll("'", String.raw`'\''`);
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw explainFileError(error, path);
  }
}
