import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callApi, newUser, textIn } from '../test/support/api-client.ts';
import { type HostileRequest, hostileRequests } from '../test/support/hostile-requests.ts';
import { sendHostile } from '../test/support/send-hostile.ts';
import { table } from './table.ts';

/*
 * How long one request holds the event loop, in which everybody else waits: `npx node bench/holds.ts`. Told is how long the
 * server's thread worked at most between two turns of it, as the mean of some requests of each kind: the kernel may count
 * in steps of 4 ms, by which the least figures are too high.
 */

const ROUNDS = 15;
const WARM_UP = 2;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-holds-'));
  const port = await freePort();
  const server = startServer(folder, port);
  try {
    const url = `http://127.0.0.1:${port}`;
    await isReady(url, server);
    const { token } = await newUser(url);
    const make = async (path: string, body: unknown): Promise<string> => {
      const { text } = await callApi(url + path, { method: 'POST', token, body });
      return textIn(text, 'id');
    };
    const campaign = `/api/campaigns/${await make('/api/campaigns', { name: 'Holds' })}`;
    const session = await make(`${campaign}/sessions`, { title: 'Holds' });
    const requests = hostileRequests({
      finalize: `/api/sessions/${session}/finalize`,
      npcs: `${campaign}/npcs`,
      sessions: `${campaign}/sessions`,
    });
    const usual: HostileRequest = { method: 'GET', path: campaign, statuses: [200] };
    const rows: [string, number, number][] = [];
    for (const [name, request] of [['a usual read', usual] as const, ...requests]) {
      const holds: number[] = [];
      let status = 0;
      for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
        await longestHold(server);
        status = await sendHostile(port, request, token);
        const hold = await longestHold(server);
        if (round >= WARM_UP) holds.push(hold);
      }
      if (!request.statuses.includes(status)) throw new Error(`${name} was answered ${status}.`);
      rows.push([name, status, holds.reduce((sum, hold) => sum + hold, 0) / ROUNDS]);
    }
    rows.sort(([, , one], [, , other]) => other - one);
    const cells = rows.map(([name, status, hold]) => [name, String(status), hold.toFixed(1)]);
    process.stdout.write(`${table(['request', 'status', 'longest hold, ms'], cells, 2)}\n`);
  } finally {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

function startServer(folder: string, port: number): ChildProcess {
  return spawn(process.execPath, ['--import', './bench/hold-meter.ts', 'bin/foundry.js', 'serve'], {
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, XDG_CACHE_HOME: folder, FOUNDRY_DATA_DIR: folder },
      ...{ PORT: String(port), JWT_SECRET: 'bench: a secret that signs nothing but requests to 127.0.0.1' },
      ...{ NODE_ENV: 'production', RATE_LIMIT: 'off', TRUST_PROXY: '127.0.0.0/8', LOG_LEVEL: 'error' },
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function isReady(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
  }
  throw new Error('The server did not start.');
}

/** Milliseconds since it was asked before. */
async function longestHold(server: ChildProcess): Promise<number> {
  server.send('tell');
  const answers: readonly unknown[] = await once(server, 'message');
  return Number(answers[0]);
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

await main();
