import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionTarget } from '../../infrastructure/database/database.ts';

const PROGRAM = process.env.PGBOUNCER ?? 'pgbouncer';

/** `1.24`, of the PgBouncer that PGBOUNCER names or that is installed; null where there is none. */
export function pgBouncerRelease(): number | null {
  try {
    const [, minor] = /^PgBouncer 1\.(\d+)/.exec(execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' })) ?? [];
    return Number(minor);
  } catch {
    return null;
  }
}

interface PgBouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** One of our own before the tests' PostgreSQL, with these settings besides the usual ones. */
export async function startPgBouncer(
  target: ConnectionTarget,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<PgBouncer> {
  if ('url' in target) throw new Error("The tests' PostgreSQL is reached by a socket.");
  const folder = await mkdtemp(join(tmpdir(), 'foundry-pgbouncer-'));
  // PgBouncer refuses root, and only the account of PostgreSQL gets to its socket.
  const { uid, gid } = statSync(target.host);
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) chownSync(folder, uid, gid);
  const port = await freePort();
  const options = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    admin_users: target.user,
    pool_mode: 'transaction',
    ignore_startup_parameters: 'statement_timeout,lock_timeout,idle_in_transaction_session_timeout',
    ...settings,
  };
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]\n* = host=${target.host} port=${target.port} user=${target.user}\n[pgbouncer]\n` +
      Object.entries(options)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
  );
  const child = spawn(PROGRAM, ['-q', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(process.getuid?.() === 0 && { uid, gid }),
  });
  await listening(port, child);
  return {
    url: `postgresql://${target.user}@127.0.0.1:${port}/${target.database}`,
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}.`);
    const socket = connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
    ]);
    socket.destroy();
    if (isThere) return;
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
