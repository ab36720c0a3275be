import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { embeddedDatabaseFolder } from '../../infrastructure/database/embedded/embedded-database.ts';
import { commandOf, processesIn } from './cluster-processes.ts';
import type { JsonObject } from './contract.ts';
import { cacheFolder } from './test-run.ts';

const BIN = fileURLToPath(new URL('../../bin/foundry.js', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

/** A temporary home for real processes of Lazy Foundry, with a data folder of its own. */
export interface Home {
  readonly folder: string;
  /** Empty until a process uses it. */
  readonly dataFolder: string;
  /** Where the embedded cluster lies or would lie. */
  readonly cluster: string;
  /** Runs `node bin/foundry.js`; nothing of this process's environment reaches it but what finding programs takes. */
  spawn(args: readonly string[], env?: Environment): ChildProcess;
  /** The numbers of all processes of the embedded PostgreSQL in this data folder. */
  postgresProcesses(): readonly number[];
  /** Resolves once none of them is left. @throws Error that names those that stay */
  expectNoPostgres(): Promise<void>;
  /** Ends whatever still runs here, and removes the folders. */
  remove(): Promise<void>;
}

/** `foundry serve` in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** All that it has written so far: stdout and stderr. */
  output(): string;
  /** The lines of its log. */
  log(): readonly JsonObject[];
  /** Tells it to end, and answers its exit code. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>;
  /** Ends it as a crash does: nothing of it gets to run again. */
  kill(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** What is no object is empty here. */
  readonly body: JsonObject;
}

export async function makeHome(): Promise<Home> {
  const folder = await mkdtemp(join(realpathSync(tmpdir()), 'foundry-home-'));
  // So that, where root runs the tests, the account that runs PostgreSQL can get through.
  chmodSync(folder, 0o755);
  const dataFolder = join(folder, 'data');
  const cluster = embeddedDatabaseFolder(dataFolder);
  const children = new Set<ChildProcess>();
  const postgresProcesses = (): readonly number[] => processesIn(cluster);
  return {
    folder,
    dataFolder,
    cluster,
    postgresProcesses,
    spawn: (args, env = {}) => {
      const { PATH = '', TMPDIR } = process.env;
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        env: {
          PATH,
          ...(TMPDIR !== undefined && { TMPDIR }),
          HOME: folder,
          XDG_CACHE_HOME: cacheFolder(),
          TZ: 'UTC',
          // One address does here what a crowd does elsewhere.
          RATE_LIMIT: 'off',
          FOUNDRY_DATA_DIR: dataFolder,
          ...env,
        },
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      return child;
    },
    expectNoPostgres: async () => {
      // pg_ctl is content when postmaster.pid is gone, which happens a moment before the last process is.
      await until(() => postgresProcesses().length === 0).catch(() => {
        throw new Error(`PostgreSQL is still there: ${postgresProcesses().map(commandOf).join('; ')}`);
      });
    },
    remove: async () => {
      for (const child of children) child.kill('SIGKILL');
      await until(() => children.size === 0);
      await killAll(postgresProcesses);
      // As root, the cluster may lie elsewhere.
      for (const place of [folder, dirname(cluster)]) {
        await rm(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      }
    },
  };
}

/** Starts the server on any free port, and waits until it says that it is ready. @throws Error with what it said instead */
export async function startServer(home: Home, env: Environment = {}): Promise<ServerProcess> {
  const child = home.spawn(['serve'], { PORT: '0', ...env });
  const chunks: string[] = [];
  const output = (): string => chunks.join('');
  const log = (): readonly JsonObject[] => output().split('\n').flatMap(objectIn);
  const ended = exitOf(child);
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      chunks.push(chunk.toString());
      const ready = log().find(({ event }) => event === 'server_ready');
      if (typeof ready?.url === 'string') resolve(ready.url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    void ended.then((code) => {
      reject(new Error(`The server ended with ${code ?? 'a signal'} before it was ready:\n${output()}`));
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    output,
    log,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Ends processes as a crash does, those too that appear meanwhile. */
export async function killAll(find: () => readonly number[]): Promise<void> {
  await until(() => {
    const found = find();
    for (const pid of found) kill(pid);
    return found.length === 0;
  });
}

/** Calls the API of a server. @throws when it does not answer, as one that was killed does not */
export async function callApi(
  url: string,
  method: 'GET' | 'POST',
  { token, body }: { readonly token?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: objectIn(text)[0] ?? {} };
}

/** All entries of a list, page after page. */
export async function listApi(url: string, token: string): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (let next: string | null = `${url}?limit=100`; next !== null;) {
    const response: Response = await fetch(next, { headers: { Authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`GET ${next}: ${response.status} ${text}`);
    const page: unknown = JSON.parse(text);
    if (!Array.isArray(page)) throw new Error(`GET ${next} answers no list: ${text}`);
    found.push(...page.filter(isObject));
    const [, link] = /<([^>]+)>; rel="next"/.exec(response.headers.get('Link') ?? '') ?? [];
    next = link === undefined ? null : new URL(link, next).href;
  }
  return found;
}

/** Registers a game master, and answers the access token. */
export async function registerGm(url: string, email = 'gm@example.org'): Promise<string> {
  const body = { email, username: email.replace(/@.*/, '-1'), password: 'Quiet-harbour-7' };
  const { status, text, body: answer } = await callApi(`${url}/api/auth/register`, 'POST', { body });
  if (status !== 201 || typeof answer.token !== 'string') throw new Error(`register: ${status} ${text}`);
  return answer.token;
}

/** Creates a campaign, and answers its id. */
export async function createCampaign(url: string, token: string, name = 'The Salt Road'): Promise<string> {
  const { status, text, body } = await callApi(`${url}/api/campaigns`, 'POST', { token, body: { name } });
  if (status !== 201 || typeof body.id !== 'string') throw new Error(`campaign: ${status} ${text}`);
  return body.id;
}

/** Resolves once the condition holds. @throws after 20 seconds in which it did not */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await condition());) {
    if (Date.now() > deadline) throw new Error('What was waited for did not come.');
    await sleep(10);
  }
}

/** The exit code; null when a signal ended it. Resolves once all of its output was read. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function objectIn(text: string): readonly JsonObject[] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
