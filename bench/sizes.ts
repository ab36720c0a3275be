import { cases, makeSenders, usersOf } from './cases.ts';
import { ACTIVE_USERS, USERS, mainCampaign } from './dataset.ts';
import { drive } from './drive.ts';
import type { RunningServer } from './processes.ts';
import type { ServerKind } from './servers.ts';
import { FEW, type Stage, withServer } from './stage.ts';

/** The median times of a filtered list of sessions, in milliseconds, where there are few and where there are many. */
export interface Sizes {
  readonly server: string;
  readonly few: readonly number[];
  readonly many: readonly number[];
}

const CONNECTIONS = 16;
/** Those whose campaign has sessions in the small database: the others have lists without an entry there. */
const usersOfFew = Array.from({ length: USERS }, (_, user) => user).filter((user) => mainCampaign(user) < 125);

/** The same server on both, driven in turn. */
export function compareSizes(stage: Stage, kind: ServerKind): Promise<Sizes> {
  const { rounds, laps } = stage.plan;
  return withServer(
    stage,
    kind,
    (small) =>
      withServer(stage, kind, async (large) => {
        const few: number[] = [];
        const many: number[] = [];
        for (let lap = 0; lap < rounds * laps * 2; lap += 1) {
          few.push(await listTime(stage, kind, small, usersOfFew));
          many.push(await listTime(stage, kind, large, usersOf(0)));
        }
        return { server: kind.key, few, many };
      }),
    FEW,
  );
}

async function listTime(
  { plan }: Stage,
  kind: ServerKind,
  { url }: RunningServer,
  users: readonly number[],
): Promise<number> {
  const listed = cases.find(({ name }) => name === 'sessions');
  const senders = await makeSenders(kind, plan.scale, users).take(ACTIVE_USERS);
  const { p50 } = await drive({
    title: `${kind.name}, sessions of ${users.length} users`,
    url,
    connections: CONNECTIONS,
    calls: senders.flatMap((sender) => listed?.call(sender) ?? []),
    statuses: [200],
    extent: { warmMs: plan.warmMs, measuredMs: plan.measuredMs },
    readUsage: () => null,
  });
  return p50;
}
