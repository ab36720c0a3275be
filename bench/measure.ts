import { type Case, makeSenders, usersOf } from './cases.ts';
import { ACTIVE_USERS } from './dataset.ts';
import { type Call, type Driven, drive } from './drive.ts';
import { type Plan } from './plan.ts';
import { type RunningServer } from './processes.ts';
import { type ServerKind } from './servers.ts';
import { readMemoryMiB, readUsage } from './usage.ts';
import { type Expectations, verify } from './verify.ts';

export interface Measurement extends Driven {
  readonly case: string;
  readonly server: string;
  readonly round: number;
  readonly connections: number;
  readonly memoryMiB: number | null;
}

interface Subject {
  readonly kind: ServerKind;
  readonly server: RunningServer;
  readonly postmaster: number;
  readonly round: number;
  readonly expectations: Expectations;
}

const VERIFIED = 4;

/** Verifies that the server answers the case as the others do, then drives it with each number of connections. */
export async function measure(
  subject: Subject,
  measured: Case,
  plan: Plan,
  slice: number,
): Promise<readonly Measurement[]> {
  const { kind, server, postmaster, round, expectations } = subject;
  const senders = makeSenders(kind, plan.scale, usersOf(slice));
  const nextCalls = async (count: number): Promise<readonly Call[]> =>
    (await senders.take(count)).map((sender) => measured.call(sender));
  const verified = await nextCalls(measured.name === 'mix' ? 10 : VERIFIED);
  await verify(measured, verified, { url: server.url, by: kind.name, expectations });

  const measurements: Measurement[] = [];
  for (const connections of plan.connections) {
    const { warmRequests, warmMs } = plan;
    const measuredMs = plan.measuredMs * (measured.slow === true ? 3 : 1);
    // As many for each connection, so that none sends its last request twice.
    const amount = Math.ceil((warmRequests + plan.measuredRequests) / connections) * connections;
    const measuredRequests = amount - warmRequests;
    const calls = await nextCalls(measured.consumes === true ? amount : ACTIVE_USERS);
    const driven = await drive({
      url: server.url,
      connections,
      calls,
      statuses: measured.statuses,
      extent: measured.consumes === true ? { warmRequests, measuredRequests } : { warmMs, measuredMs },
      readUsage: () => readUsage(server.pid, postmaster),
    });
    const memoryMiB = readMemoryMiB(server.pid);
    measurements.push({ ...driven, case: measured.name, server: kind.key, round, connections, memoryMiB });
  }
  return measurements;
}
