import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import type { PostgresAccount } from './postgres-account.ts';

interface Run {
  readonly account: PostgresAccount | null;
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * An open file for what the tool and its children say. Needed where a child outlives the tool, since it would hold a
   * pipe open; without it the output is returned.
   */
  readonly outputFile?: number;
}

export interface ToolResult {
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs initdb or pg_ctl to its end, away from the terminal and without this process's secrets. */
export async function runPostgresTool(
  program: string,
  args: readonly string[],
  { account, environment = {}, outputFile }: Run,
): Promise<ToolResult> {
  const sink = outputFile ?? 'pipe';
  const child = spawn(program, args, {
    // Ours may be a folder that the account cannot enter.
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal is for this process, which then stops the server in order.
    detached: true,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', LANG: 'C', TZ: 'UTC', ...environment },
    stdio: ['ignore', sink, sink],
    // libuv drops the supplementary groups along with root. It takes signed ids.
    ...(account ? { uid: account.uid | 0, gid: account.gid | 0 } : {}),
  });
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      reject(cannotRun(program, error));
    });
    // A pipe may hold output still when the tool has exited.
    child.once(outputFile === undefined ? 'close' : 'exit', resolve);
  });
  return { succeeded: code === 0, output: Buffer.concat(output).toString('utf8') };
}

function cannotRun(program: string, cause: Error): EmbeddedDatabaseError {
  // The system says "not found" of a program that is there when its loader is missing: glibc's, on a musl system.
  const reason = existsSync(program)
    ? 'the binaries need a GNU C library (Alpine has musl), or permission to be executed'
    : `${program} is missing, so reinstall the packages`;
  return new EmbeddedDatabaseError(
    `PostgreSQL cannot be run here: ${reason}. Otherwise set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  );
}
