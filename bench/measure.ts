import { type Case, type Senders, cases, makeSenders, usersOf } from './cases.ts';
import { type Call, type Driven, type Extent, drive } from './drive.ts';
import type { Plan } from './plan.ts';
import type { Started, Stage } from './stage.ts';
import { readMemoryMiB, readUsage } from './usage.ts';
import { type Expectations, verify } from './verify.ts';

export interface Measurement extends Driven {
  readonly case: string;
  readonly server: string;
  /** Those with the same lap were measured one right after the other. */
  readonly lap: number;
  readonly connections: number;
  readonly memoryMiB: number | null;
}

interface Sending extends Started {
  readonly senders: Senders;
}

const VERIFIED = 4;

const WARMING = ['list', 'one', 'sessions'];
/** Of users who send other requests long after. */
const WARMING_SLICE = 8;

/** Drives a server that was just started with reads, one like the other, until it is what it would be after a day. */
export async function warmUp({ plan, cluster }: Stage, { kind, server }: Started): Promise<void> {
  const senders = await makeSenders(kind, plan.scale, usersOf(WARMING_SLICE, plan.users)).take(plan.users);
  const reads = cases.filter(({ name }) => WARMING.includes(name));
  await drive({
    title: `${kind.name}, warming up`,
    url: server.url,
    connections: 16,
    calls: senders.flatMap((sender) => reads.map((read) => read.call(sender))),
    statuses: [200],
    extent: { warmMs: plan.startWarmMs, warmRequests: 1, measuredMs: 0, measuredRequests: 1 },
    readUsage: () => readUsage(server.pid, cluster.postmaster),
  });
}

/**
 * One case of all servers. Each has to answer it as the others do; then each in turn is driven for a short while, and
 * again in the opposite order: whatever else the machine does meanwhile, it does to all of them.
 */
export async function measure(
  { plan, cluster }: Stage,
  running: readonly Started[],
  measured: Case,
  {
    round,
    slice,
    expectations,
  }: { readonly round: number; readonly slice: number; readonly expectations: Expectations },
): Promise<readonly Measurement[]> {
  const sending = running.map((one) => ({
    ...one,
    senders: makeSenders(one.kind, plan.scale, usersOf(slice, plan.users)),
  }));
  for (const { kind, server, senders } of sending) {
    const calls = await nextCalls(senders, measured, measured.name === 'mix' ? 10 : VERIFIED);
    await verify(measured, calls, { url: server.url, by: kind.name, expectations });
  }
  const measurements: Measurement[] = [];
  for (const [turn, connections] of plan.connections.entries()) {
    for (let lap = round * plan.laps; lap < (round + 1) * plan.laps; lap += 1) {
      for (const one of lap % 2 === 0 ? sending : sending.toReversed()) {
        const isFirst = turn === 0 && lap === round * plan.laps;
        const driven = await driveOnce(one, measured, { plan, connections, isFirst, postmaster: cluster.postmaster });
        const memoryMiB = readMemoryMiB(one.server.pid);
        measurements.push({ ...driven, case: measured.name, server: one.kind.key, lap, connections, memoryMiB });
      }
    }
  }
  return measurements;
}

interface Conditions {
  readonly plan: Plan;
  readonly connections: number;
  /** Whether the server meets this case for the first time since it started. */
  readonly isFirst: boolean;
  readonly postmaster: number;
}

async function driveOnce(
  { kind, server, senders }: Sending,
  measured: Case,
  { plan, connections, isFirst, postmaster }: Conditions,
): Promise<Driven> {
  const extent =
    measured.consumes === true ? exactly(plan, connections) : lasting(plan, measured, connections, isFirst);
  return drive({
    title: `${kind.name}, ${measured.title}`,
    url: server.url,
    connections,
    calls: await nextCalls(
      senders,
      measured,
      extent.exact === true ? extent.warmRequests + extent.measuredRequests : plan.users,
    ),
    statuses: measured.statuses,
    extent,
    readUsage: () => readUsage(server.pid, postmaster),
  });
}

/** As many for each connection, so that none sends its last request twice. */
function exactly({ warmRequests, measuredRequests }: Plan, connections: number): Extent {
  const amount = Math.ceil((warmRequests + measuredRequests) / connections) * connections;
  return { exact: true, warmMs: 0, warmRequests, measuredMs: 0, measuredRequests: amount - warmRequests };
}

function lasting(plan: Plan, { slow }: Case, connections: number, isFirst: boolean): Extent {
  return {
    warmMs: isFirst ? plan.firstWarmMs : plan.warmMs,
    warmRequests: slow === true ? 1 : plan.warmAtLeast,
    measuredMs: plan.measuredMs * (slow === true ? 3 : 1),
    // Of what is slow, each connection at least has one answer.
    measuredRequests: connections,
  };
}

async function nextCalls(senders: Senders, measured: Case, count: number): Promise<readonly Call[]> {
  return (await senders.take(count)).map((sender) => measured.call(sender));
}
