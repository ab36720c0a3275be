import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { startCluster } from './database.ts';
import { type RunningServer, startServer, stopAll } from './processes.ts';
import { servers } from './servers.ts';
import { median } from './statistics.ts';
import { readMemoryMiB } from './usage.ts';
import type { Attack } from './worst-attack.ts';

const [seconds = '60'] = process.argv.slice(2);
const MILLISECONDS = 1000 * Number(seconds);
const USUAL_MS = 10_000;
/** What one client may do to another, to the server and to the disk. */
const GOALS = { times: 3, serverMiB: 600, diskMB: 50 } as const;
const LONG_SESSIONS = 100;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody at an address of its own, on a connection that is kept. */
function callerAt(localAddress: string, { url }: RunningServer) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress });
  return (method: string, path: string, { token = '', body }: { token?: string; body?: object } = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { ...(token !== '' && { Authorization: `Bearer ${token}` }), 'Content-Type': 'application/json' };
      const sent = request(url + path, { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject).once('end', () => {
          const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {};
          resolve({ status: response.statusCode ?? 0, body: typeof parsed === 'object' ? { ...parsed } : {} });
        });
      });
      sent.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
}
type Call = ReturnType<typeof callerAt>;

async function made(call: Call, path: string, token: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await call('POST', path, { token, body });
  if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}`);
  return answer.body;
}

/** A new user with a campaign of so many sessions. */
async function settle(calls: readonly [Call, ...Call[]], name: string, count: number, text: string) {
  const [call] = calls;
  const account = { email: `${name}@example.org`, username: name, password: 'Quiet harbour and 7 gulls' };
  const token = String((await made(call, '/api/auth/register', '', account)).token);
  const campaignId = String((await made(call, '/api/campaigns', token, { name: 'Ossel' })).id);
  const sessionIds: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const body = { title: `Night ${number}`, description: text, gmNotes: text };
    const next = calls[number % calls.length] ?? call;
    sessionIds.push(String((await made(next, `/api/campaigns/${campaignId}/sessions`, token, body)).id));
  }
  return { token, campaignId, sessionIds };
}

/** Milliseconds that another user waits: now for its list, now for a change. */
async function waits(call: Call, user: Awaited<ReturnType<typeof settle>>, until: () => boolean) {
  const times: number[] = [];
  const lost: string[] = [];
  for (let count = 0; !until(); count += 1) {
    const [sessionId] = user.sessionIds;
    const begun = performance.now();
    const answer = await (
      count % 2 === 0
        ? call('GET', `/api/campaigns/${user.campaignId}/sessions`, user)
        : call('PATCH', `/api/sessions/${sessionId ?? ''}`, { ...user, body: { title: `Night of ${count}` } })
    ).catch((error: unknown) => ({ status: String(error) }));
    times.push(performance.now() - begun);
    if (answer.status !== 200) lost.push(String(answer.status));
    await sleep(250);
  }
  return { median: median(times), count: times.length, lost };
}

function bytesIn(folder: string): number {
  let sum = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    // Files come and go.
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found?.isFile() === true) sum += found.size;
  }
  return sum;
}

async function measure(): Promise<boolean> {
  const [ours] = servers;
  if (ours === undefined) throw new Error('There is no server of ours.');
  const cluster = await startCluster();
  const logFolder = await mkdtemp(join(tmpdir(), 'lazy-foundry-worst-'));
  try {
    await cluster.build('worst', () => Promise.resolve());
    // No proxy: each address is a client of its own.
    const environment = { DATABASE_URL: await cluster.copy('worst'), TRUST_PROXY: '', XDG_CACHE_HOME: cluster.folder };
    const server = await startServer(ours, { logFolder, environment });
    const call = callerAt('127.0.0.2', server);
    const other = await settle([call], 'other', 20, 'Low tide, and the bell.');
    // By several addresses, as one may not send so much in a minute.
    const calls = Array.from({ length: 4 }, (_, at) => callerAt(`127.0.1.${at + 1}`, server));
    const worst = await settle([call, ...calls], 'worst', LONG_SESSIONS, 'x'.repeat(100_000));
    await waits(call, other, after(3000));
    const usual = await waits(call, other, after(USUAL_MS));
    const [disk, log] = [bytesIn(cluster.folder), bytesIn(logFolder)];

    const attack: Attack = { ...worst, port: Number(new URL(server.url).port), milliseconds: MILLISECONDS };
    const worker = new Worker(new URL('./worst-attack.ts', import.meta.url), { workerData: attack });
    const done = new Promise<unknown>((resolve, reject) => worker.once('message', resolve).once('error', reject));
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, readMemoryMiB(server.pid) ?? 0)), 100);
    const meanwhile = await waits(call, other, after(MILLISECONDS));
    const statuses = await done;
    clearInterval(watch);
    const diskMB = (bytesIn(cluster.folder) - disk) / 1e6;
    const logMB = (bytesIn(logFolder) - log) / 1e6;
    await server.stop();

    const times = meanwhile.median / usual.median;
    const report = [
      `another user: median ${usual.median.toFixed(1)} ms, during the attack ${meanwhile.median.toFixed(1)} ms (${times.toFixed(2)} times; at most ${GOALS.times})`,
      `              ${meanwhile.count} requests, not answered with 200: ${meanwhile.lost.length} ${[...new Set(meanwhile.lost)].join(', ')}`,
      `the server:   at most ${peak.toFixed(0)} MiB (below ${GOALS.serverMiB})`,
      `the disk:     ${diskMB.toFixed(1)} MB more (below ${GOALS.diskMB}); its log ${logMB.toFixed(1)} MB`,
      `the attack:   ${JSON.stringify(statuses)}`,
    ];
    process.stdout.write(`${report.join('\n')}\n`);
    return times <= GOALS.times && peak < GOALS.serverMiB && diskMB < GOALS.diskMB;
  } finally {
    await stopAll();
    await cluster.stop();
    await rm(logFolder, { recursive: true, force: true });
  }
}

function after(milliseconds: number): () => boolean {
  const end = performance.now() + milliseconds;
  return () => performance.now() >= end;
}

if (!(await measure())) process.exitCode = 1;
