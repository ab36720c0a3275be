import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConnectionTarget } from '../../infrastructure/database/database.ts';
import { cacheFolder, runFolder } from './test-run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/foundry.js', import.meta.url));

/** `foundry serve` as a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly child: ChildProcess;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it wrote so far. */
  output(): string;
}

/** Resolves when the server is ready. @throws with what it said when it ends before */
export async function startServerProcess(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const { child, ended, output } = runProgram(['serve', '--port', '0'], env);
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /"event":"server_ready".*"url":"([^"]+)"/.exec(output())?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', look);
    void ended.then((code) => {
      reject(new Error(`The server ended with ${code}: ${output()}`));
    });
  });
  return { url, child, ended, output };
}

/** The command line as a process of its own. */
export function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Pick<RunningServer, 'child' | 'ended' | 'output'> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: runFolder(),
      XDG_CACHE_HOME: cacheFolder(),
      RATE_LIMIT: 'off',
      JWT_SECRET: 'x'.repeat(32),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, ended, output: () => text };
}

/** As DATABASE_URL would name it: the folder of a socket is the host, escaped. */
export function urlOf(target: ConnectionTarget, credentials?: string): string {
  if ('url' in target) return target.url;
  const { host, port, user, database } = target;
  return `postgresql://${credentials ?? user}@${encodeURIComponent(host)}:${port}/${database}`;
}
