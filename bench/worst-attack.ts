import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/* One client doing its worst within its limits, from one address: a thread of worst-client.ts. */

export interface Attack {
  readonly port: number;
  readonly milliseconds: number;
  readonly token: string;
  readonly campaignId: string;
  readonly sessionIds: readonly string[];
}

const MIB = 1024 * 1024;
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- worst-client.ts gives it
const { port, milliseconds, token, campaignId, sessionIds }: Attack = workerData;
const end = performance.now() + milliseconds;
const isOver = (): boolean => performance.now() >= end;
const statuses = new Map<string, number>();
const open = new Set<Socket>();

function opened(): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
  open.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => open.delete(socket));
  return socket;
}

const authorization = `Authorization: Bearer ${token}\r\n`;
function head(method: string, path: string, more = ''): string {
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${more}`;
}
function withBody(method: string, path: string, body: string | Buffer, more = ''): Buffer {
  const length = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head(method, path, more) + length), Buffer.from(body)]);
}

/** Sends one request after the other as its limits allow, on one connection while that lasts; counts what is answered. */
async function send(name: string, make: () => Buffer | string, may: () => boolean = () => true): Promise<void> {
  let socket: Socket | null = null;
  while (!isOver()) {
    if (!may()) {
      await sleep(100);
      continue;
    }
    socket = socket === null || socket.destroyed ? opened() : socket;
    const current = socket;
    current.write(make());
    const answer = await new Promise<string>((resolve) => {
      current.once('data', (chunk: Buffer) => {
        resolve(chunk.toString('latin1'));
      });
      current.once('close', () => {
        resolve('');
      });
    });
    const [, status = 'cut'] = /^HTTP\/1.1 (\d{3})/.exec(answer) ?? [];
    statuses.set(`${name} ${status}`, (statuses.get(`${name} ${status}`) ?? 0) + 1);
    const [, retryAfter] = /^Retry-After: (\d+)/im.exec(answer) ?? [];
    if (status === 'cut' || retryAfter !== undefined) await sleep(1000 * Math.min(5, Number(retryAfter ?? 1)));
    // What else there is of a long answer comes meanwhile.
    current.removeAllListeners('data').removeAllListeners('close');
    current.once('close', () => open.delete(current));
    if (answer.length > 10_000) current.destroy();
  }
}

/** Holds as many connections as it is let, each with what `use` does to it. */
async function hold(count: number, use: (socket: Socket) => unknown, may: () => boolean = () => true): Promise<void> {
  const mine = new Set<Socket>();
  while (!isOver()) {
    for (const socket of mine) if (socket.destroyed) mine.delete(socket);
    while (may() && mine.size < count) {
      const socket = opened();
      mine.add(socket);
      use(socket);
    }
    await sleep(1000);
  }
}

function noise(characters: number): string {
  return randomBytes(Math.ceil((characters * 3) / 4))
    .toString('base64')
    .slice(0, characters);
}

let names = 0;
function registration(): Buffer {
  names += 1;
  const name = `worst${names}x${randomBytes(4).toString('hex')}`;
  const body = { email: `${name}@example.org`, username: name, password: `Quiet harbour 7 ${noise(8)}` };
  return withBody('POST', '/api/auth/register', JSON.stringify(body));
}

function change(): Buffer {
  const id = sessionIds[Math.floor(Math.random() * sessionIds.length)] ?? '';
  const body = JSON.stringify({ description: noise(100_000), gmNotes: noise(100_000) });
  return withBody('PATCH', `/api/sessions/${id}`, body, authorization);
}

/** Bodies that are refused use up what may be written: first as much as may be is written, then they come. */
const isWriting = (): boolean => performance.now() < end - milliseconds / 2;

const isRefused = (): boolean => !isWriting();

async function trickle(socket: Socket): Promise<void> {
  socket.write(head('POST', '/api/auth/login', `Content-Type: application/json\r\nContent-Length: ${MIB}\r\n\r\n`));
  while (!socket.destroyed && !isOver()) {
    socket.write('['.repeat(10 * 1024));
    await sleep(500);
  }
}

const list = head('GET', `/api/campaigns/${campaignId}/sessions?limit=100`, `${authorization}\r\n`);
await Promise.all([
  ...Array.from({ length: 4 }, () => send('register', registration)),
  ...Array.from({ length: 4 }, () => send('change', change, isWriting)),
  ...Array.from({ length: 2 }, () =>
    send('brackets', () => withBody('POST', '/api/auth/login', '['.repeat(MIB - 1)), isRefused),
  ),
  ...Array.from({ length: 2 }, () => send('list', () => list)),
  ...['/docs/swagger-ui-bundle.js', '/api/openapi.json', '/health/ready', '/nowhere'].map((path) =>
    send(path, () => head('GET', path, '\r\n')),
  ),
  // Nothing of the answers is read.
  hold(60, (socket) => socket.pause().write(list.repeat(20))),
  hold(60, (socket) => socket.pause().write(head('GET', '/docs/swagger-ui-bundle.js', '\r\n').repeat(20))),
  hold(60, trickle, isRefused),
  hold(1000, () => undefined),
]);
for (const socket of open) socket.destroy();
parentPort?.postMessage([...statuses].sort());
