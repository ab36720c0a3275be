import { setTimeout as sleep } from 'node:timers/promises';
import { cases, logIn, makeSenders, usersOf } from './cases.ts';
import { ACTIVE_USERS } from './dataset.ts';
import { type Call, type Driven, type Extent, drive } from './drive.ts';
import type { RunningServer } from './processes.ts';
import type { ServerKind } from './servers.ts';
import { type Stage, withServer } from './stage.ts';
import { readMemoryMiB, readUsage } from './usage.ts';

/** What a server is like over time and under strain. Memory is what is resident, in MiB. */
export interface Endurance {
  readonly server: string;
  /** From its start to its first answer. */
  readonly readyMs: number;
  readonly restMiB: number | null;
  /** After the first tenth of the requests, when everything has been compiled and every pool is filled. */
  readonly warmMiB: number | null;
  readonly laterMiB: number | null;
  readonly requests: number;
  /** Of reads, at 16 connections: alone, and while so many log in at once, over and over. */
  readonly quiet: Driven;
  readonly busy: Driven;
}

export const LOGINS = 20;
const READERS = 16;

export async function endure(stage: Stage, kind: ServerKind): Promise<Endurance> {
  const { plan, cluster } = stage;
  // The very first start compiles everything, which is not what rests in memory later on.
  await withServer(stage, kind, () => Promise.resolve());
  const { settleMs, enduranceRequests, warmMs } = plan;
  return withServer(stage, kind, async (server) => {
    const settled = async (): Promise<number | null> => {
      await sleep(settleMs);
      return readMemoryMiB(server.pid);
    };
    const restMiB = await settled();
    const calls = await readsOf(kind, plan.scale);
    const load = (connections: number, extent: Extent) =>
      drive({
        ...loadOf(server, calls, connections),
        extent,
        readUsage: () => readUsage(server.pid, cluster.postmaster),
      });

    await load(64, requests(enduranceRequests / 10));
    const warmMiB = await settled();
    await load(64, requests((enduranceRequests * 9) / 10));
    const laterMiB = await settled();

    // Long enough for the 99th percentile to mean something while the log-ins take their share.
    const measuredMs = Math.max(1500, plan.measuredMs * 2);
    const extent = { warmMs, warmRequests: 1, measuredMs, measuredRequests: LOGINS };
    const quiet = await load(READERS, extent);
    const [busy] = await Promise.all([load(READERS, extent), logInMeanwhile(kind, server, plan.scale, extent)]);
    return {
      server: kind.key,
      readyMs: server.readyMs,
      ...{ restMiB, warmMiB, laterMiB, requests: enduranceRequests, quiet, busy },
    };
  });
}

async function readsOf(kind: ServerKind, scale: number): Promise<readonly Call[]> {
  const one = cases.find(({ name }) => name === 'one');
  const senders = await makeSenders(kind, scale, usersOf(0)).take(ACTIVE_USERS);
  return senders.flatMap((sender) => one?.call(sender) ?? []);
}

async function logInMeanwhile(kind: ServerKind, server: RunningServer, scale: number, extent: Extent): Promise<void> {
  const senders = await makeSenders(kind, scale, usersOf(1)).take(ACTIVE_USERS);
  await drive({ ...loadOf(server, senders.map(logIn), LOGINS), extent, readUsage: () => null });
}

function requests(count: number): Extent {
  return { exact: true, warmMs: 0, warmRequests: 1, measuredMs: 0, measuredRequests: count - 1 };
}

function loadOf({ url }: RunningServer, calls: readonly Call[], connections: number) {
  return { title: `${calls[0]?.path ?? ''} with ${connections} connections`, url, connections, calls, statuses: [200] };
}
