import autocannon from 'autocannon';
import { quantile } from './statistics.ts';
import type { Usage } from './usage.ts';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Load {
  /** What it is, for whoever reads that it failed. */
  readonly title: string;
  readonly url: string;
  readonly connections: number;
  /** Dealt out to the connections, each of which sends its own over and over. */
  readonly calls: readonly Call[];
  /** The only statuses that may come back. */
  readonly statuses: readonly number[];
  readonly extent: Extent;
  readUsage(): Usage | null;
}

/** Both parts last at least so long and at least so many requests. */
export interface Extent {
  /** What is not compiled yet, or not in memory, does not count. */
  readonly warmMs: number;
  readonly warmRequests: number;
  readonly measuredMs: number;
  readonly measuredRequests: number;
  /** Not one request more: each uses up what it asks for. */
  readonly exact?: boolean;
}

export interface Driven {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of one CPU; null where that cannot be told. */
  readonly serverCpu: number | null;
  readonly postgresCpu: number | null;
}

const driving = new Set<autocannon.Instance>();
let isOver = false;

/** Ends every load, and lets none begin. */
export function stopDriving(): void {
  isOver = true;
  for (const instance of driving) instance.stop();
}

/** @throws Error when anything but the expected statuses came back */
export function drive({ title, url, connections, calls, statuses, extent, readUsage }: Load): Promise<Driven> {
  if (isOver) return Promise.reject(new Error('No load begins any more.'));
  let next = 0;
  let warm = 0;
  let begun = 0;
  let before: Usage | null = null;
  let done: Driven | null = null;
  const started = performance.now();
  const latencies: number[] = [];
  const faults = new Map<string, number>();

  const options: autocannon.Options = {
    url,
    connections,
    // The measuring ends it, by `stop`, which it looks at this often.
    duration: 3600,
    sampleInt: 50,
    timeout: 30,
    ...(extent.exact === true && { amount: extent.warmRequests + extent.measuredRequests }),
    setupClient: (client) => {
      client.setRequests(share(calls, next, connections).map(toRequest));
      next += 1;
    },
  };
  // With a callback it answers the instance, and not a promise; it ends by `done` below.
  const instance = autocannon(options, () => undefined);
  driving.add(instance);
  // One is enough: a server that is gone would be called for ever.
  const fail = (fault: string): void => {
    count(faults, fault);
    instance.stop();
  };
  instance.on('reqError', (error: Error) => {
    if (done === null) fail(error.message);
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    if (done !== null) return;
    if (!statuses.includes(status)) fail(`status ${status}`);
    const now = performance.now();
    if (begun === 0) {
      warm += 1;
      if (warm < extent.warmRequests || now - started < extent.warmMs) return;
      before = readUsage();
      begun = performance.now();
      return;
    }
    latencies.push(milliseconds);
    if (latencies.length < extent.measuredRequests || now - begun < extent.measuredMs) return;
    done = summarize(latencies, (now - begun) / 1000, before, readUsage());
    instance.stop();
  });
  return new Promise((resolve, reject) => {
    instance.on('done', () => {
      driving.delete(instance);
      const wrong = [...faults].map(([fault, times]) => `${fault}, ${times} times`);
      if (wrong.length > 0) reject(new Error(`${title}: ${wrong.join(', ')}`));
      else if (done === null) reject(new Error(`${title}: no answer`));
      else resolve(done);
    });
  });
}

function share(calls: readonly Call[], connection: number, connections: number): readonly Call[] {
  const start = (index: number): number => Math.floor((index * calls.length) / connections);
  return calls.slice(start(connection), start(connection + 1));
}

function toRequest({ method, path, headers, body }: Call): autocannon.Request {
  const json = body === undefined ? null : JSON.stringify(body);
  return {
    method,
    path,
    headers: { ...headers, ...(json !== null && { 'content-type': 'application/json' }) },
    ...(json !== null && { body: json }),
  };
}

function summarize(latencies: number[], seconds: number, before: Usage | null, after: Usage | null): Driven {
  const requests = latencies.length;
  const sorted = Float64Array.from(latencies).sort();
  const used = (part: keyof Usage): number | null =>
    before === null || after === null ? null : (after[part] - before[part]) / requests;
  return {
    requests,
    perSecond: requests / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    serverCpu: used('serverMs'),
    postgresCpu: used('postgresMs'),
  };
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
