import { cases, makeSenders, usersOf } from './cases.ts';
import { ACTIVE_USERS, USERS, mainCampaign } from './dataset.ts';
import { drive } from './drive.ts';
import type { RunningServer } from './processes.ts';
import type { ServerKind } from './servers.ts';
import { FEW, type Stage, withServer } from './stage.ts';

/**
 * What should take a server equally long, driven in turn: a list's first page and its thousandth, a list where there are
 * few sessions and where there are many, and a list of sessions and one of NPCs. Median times in milliseconds, lap by lap.
 */
export interface Pair {
  readonly name: PairName;
  readonly server: string;
  readonly near: readonly number[];
  readonly far: readonly number[];
}

type PairName = 'pages' | 'sizes' | 'nouns';

const CONNECTIONS = 16;
/** Those whose campaign has sessions in the small database: the others have lists without an entry there. */
const usersOfFew = Array.from({ length: USERS }, (_, user) => user).filter((user) => mainCampaign(user) < 125);

export function comparePages(stage: Stage, kind: ServerKind): Promise<Pair> {
  return withServer(stage, kind, (server) =>
    inTurn(stage, 'pages', kind, [
      () => medianTime(stage, kind, { server, name: 'page-1', users: usersOf(0) }),
      () => medianTime(stage, kind, { server, name: 'page-1000', users: usersOf(1) }),
    ]),
  );
}

export function compareNouns(stage: Stage, kind: ServerKind): Promise<Pair> {
  return withServer(stage, kind, (server) =>
    inTurn(stage, 'nouns', kind, [
      () => medianTime(stage, kind, { server, name: 'page-1', users: usersOf(0) }),
      () => medianTime(stage, kind, { server, name: 'npcs', users: usersOf(1) }),
    ]),
  );
}

export function compareSizes(stage: Stage, kind: ServerKind): Promise<Pair> {
  const onFew = (small: RunningServer): Promise<Pair> =>
    withServer(stage, kind, (large) =>
      inTurn(stage, 'sizes', kind, [
        () => medianTime(stage, kind, { server: small, name: 'sessions', users: usersOfFew }),
        () => medianTime(stage, kind, { server: large, name: 'sessions', users: usersOf(0) }),
      ]),
    );
  return withServer(stage, kind, onFew, FEW);
}

async function inTurn(
  { plan }: Stage,
  name: PairName,
  { key }: ServerKind,
  [nearTime, farTime]: readonly [() => Promise<number>, () => Promise<number>],
): Promise<Pair> {
  const near: number[] = [];
  const far: number[] = [];
  for (let lap = 0; lap < plan.rounds * plan.laps + 2; lap += 1) {
    near.push(await nearTime());
    far.push(await farTime());
  }
  return { name, server: key, near, far };
}

interface Listing {
  readonly server: RunningServer;
  /** The case's. */
  readonly name: string;
  readonly users: readonly number[];
}

async function medianTime({ plan }: Stage, kind: ServerKind, { server, name, users }: Listing): Promise<number> {
  const listed = cases.find((one) => one.name === name);
  const senders = await makeSenders(kind, plan.scale, users).take(ACTIVE_USERS);
  const { p50 } = await drive({
    title: `${kind.name}, ${name} of ${users.length} users`,
    url: server.url,
    connections: CONNECTIONS,
    calls: senders.flatMap((sender) => listed?.call(sender) ?? []),
    statuses: [200],
    extent: {
      warmMs: plan.warmMs,
      warmRequests: plan.warmAtLeast,
      measuredMs: plan.measuredMs,
      measuredRequests: CONNECTIONS,
    },
    readUsage: () => null,
  });
  return p50;
}
