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
  /** Warms up and measures either for so long, or for so many requests. */
  readonly extent: { readonly warmMs: number; readonly measuredMs: number } | Counted;
  readUsage(): Usage | null;
}

interface Counted {
  readonly warmRequests: number;
  readonly measuredRequests: number;
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

/** @throws Error when anything but the expected statuses came back */
export function drive({ title, url, connections, calls, statuses, extent, readUsage }: Load): Promise<Driven> {
  const counted = 'warmRequests' in extent ? extent : null;
  let next = 0;
  let begun = 0;
  let before: Usage | null = null;
  let warm = 0;
  let done: Driven | null = null;
  const latencies: number[] = [];
  const faults = new Map<string, number>();

  let timeIsUp = false;
  // Of what is slow, each connection at least has one answer.
  const isEnough = (): boolean => latencies.length >= connections;
  const begin = (): void => {
    before = readUsage();
    begun = performance.now();
  };
  const end = (): void => {
    const seconds = (performance.now() - begun) / 1000;
    done = summarize(latencies, seconds, before, readUsage());
    instance.stop();
  };
  const options: autocannon.Options = {
    url,
    connections,
    // The measuring ends it, by `stop`, which it looks at this often.
    duration: 3600,
    sampleInt: 50,
    timeout: 30,
    ...(counted !== null && { amount: counted.warmRequests + counted.measuredRequests }),
    setupClient: (client) => {
      client.setRequests(share(calls, next, connections).map(toRequest));
      next += 1;
    },
  };
  // With a callback it answers the instance, and not a promise; it ends by `done` below.
  const instance = autocannon(options, () => undefined);
  instance.on('reqError', (error: Error) => {
    if (done === null) count(faults, error.message);
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    if (!statuses.includes(status)) count(faults, `status ${status}`);
    if (counted !== null && warm < counted.warmRequests) {
      warm += 1;
      if (warm === counted.warmRequests) begin();
      return;
    }
    if (begun === 0 || done !== null) return;
    latencies.push(milliseconds);
    if (latencies.length === counted?.measuredRequests || (timeIsUp && isEnough())) end();
  });
  if (counted === null && 'warmMs' in extent) {
    setTimeout(begin, extent.warmMs);
    setTimeout(() => {
      timeIsUp = true;
      if (isEnough()) end();
    }, extent.warmMs + extent.measuredMs);
  }
  return new Promise((resolve, reject) => {
    instance.on('done', () => {
      const wrong = [...faults].map(([fault, times]) => `${fault}, ${times} times`);
      if (wrong.length > 0) reject(new Error(`${title}: ${wrong.join(', ')}`));
      else if (done === null || done.requests === 0) reject(new Error(`${title}: no answer`));
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
