import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { JWT_SECRET, accessTokenKey } from './dataset.ts';
import type { ServerKind } from './servers.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** As winston and pino mark them. */
const COMPLAINT = /"level":(?:"(?:warn|error)"|[4-6]0)/;
const running = new Set<ChildProcess>();

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** From its start to its first answer that it is ready, in milliseconds. */
  readonly readyMs: number;
  /** The last warnings and errors in its log. */
  complaints(): string;
  stop(): Promise<void>;
}

interface StartOptions {
  /** Where its log goes, as to a service manager's: not to a terminal. */
  readonly logFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

let started = 0;
let isOver = false;

/** @throws Error with its last words when it ends before it is ready */
export async function startServer(kind: ServerKind, options: StartOptions): Promise<RunningServer> {
  started += 1;
  const log = join(options.logFolder, `${started}-${kind.key}.log`);
  const port = await freePort();
  const begun = performance.now();
  const child = startProgram([...(options.nodeOptions ?? []), ...kind.program], {
    log,
    folder: kind.folder ?? PROJECT,
    environment: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      JWT_SECRET,
      // Its campaigns have more sessions, and its users make more campaigns, than anybody at a table.
      LIMIT_CAMPAIGNS: '0',
      LIMIT_SESSIONS: '0',
      JWT_KEY: Buffer.from(accessTokenKey).toString('base64url'),
      // As behind a proxy, which tells whom it calls for: so many clients can log in from here.
      TRUST_PROXY: '127.0.0.1',
      ...kind.environment,
      ...options.environment,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url + kind.readyPath))) {
    if (child.exitCode !== null || performance.now() - begun > 60_000) {
      child.kill('SIGKILL');
      throw new Error(`${kind.name} did not start: ${readFileSync(log, 'utf8').slice(-4000)}`);
    }
    await sleep(5);
  }
  return {
    url,
    pid: child.pid ?? 0,
    readyMs: performance.now() - begun,
    complaints: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => COMPLAINT.test(line))
        .slice(-5)
        .join('\n'),
    stop: () => stopped(child),
  };
}

/** Runs Node.js with these arguments to its end, and answers how long that took. @throws Error when it fails */
export async function runProgram(args: readonly string[], options: StartOptions): Promise<number> {
  started += 1;
  const log = join(options.logFolder, `${started}-${args.at(-1) ?? ''}.log`);
  const begun = performance.now();
  const child = startProgram(args, { log, folder: PROJECT, environment: options.environment });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}: ${readFileSync(log, 'utf8')}`);
  return performance.now() - begun;
}

interface ProgramOptions extends Pick<StartOptions, 'environment'> {
  readonly log: string;
  readonly folder: string;
}

/** Node.js with these arguments. */
function startProgram(args: readonly string[], { log, folder, environment }: ProgramOptions): ChildProcess {
  if (isOver) throw new Error('Nothing is started any more.');
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Whatever was started and has not ended; nothing is started after that. */
export async function stopAll(): Promise<void> {
  isOver = true;
  await Promise.all([...running].map(stopped));
}

/** Asked first, then made to. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.text();
    return response.status === 200;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
