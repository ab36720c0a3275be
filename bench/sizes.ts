import { cases, makeSenders, usersOf } from './cases.ts';
import { ACTIVE_USERS, USERS, mainCampaign } from './dataset.ts';
import { drive } from './drive.ts';
import { mean } from './statistics.ts';
import { type ServerKind } from './servers.ts';
import { FEW, SEEDED, type Stage, withServer } from './stage.ts';
import { readUsage } from './usage.ts';

/** The median time of a filtered list of sessions, in milliseconds, where there are few and where there are many. */
export interface Sizes {
  readonly server: string;
  readonly few: number;
  readonly many: number;
}

const CONNECTIONS = 16;
/** Those whose campaign has sessions in the small database: the others have lists without an entry there. */
const usersOfFew = Array.from({ length: USERS }, (_, user) => user).filter((user) => mainCampaign(user) < 125);

export async function compareSizes(stage: Stage, kind: ServerKind): Promise<Sizes> {
  const few: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < stage.plan.rounds; round += 1) {
    few.push(await listTime(stage, kind, FEW));
    many.push(await listTime(stage, kind, SEEDED));
  }
  return { server: kind.key, few: mean(few), many: mean(many) };
}

function listTime(stage: Stage, kind: ServerKind, template: string): Promise<number> {
  const { plan, cluster } = stage;
  return withServer(
    stage,
    kind,
    async (server) => {
      const listed = cases.find(({ name }) => name === 'sessions');
      const senders = await makeSenders(kind, plan.scale, template === FEW ? usersOfFew : usersOf(0)).take(
        ACTIVE_USERS,
      );
      const calls = senders.flatMap((sender) => listed?.call(sender) ?? []);
      const { p50 } = await drive({
        url: server.url,
        connections: CONNECTIONS,
        calls,
        statuses: [200],
        extent: { warmMs: plan.warmMs, measuredMs: plan.measuredMs },
        readUsage: () => readUsage(server.pid, cluster.postmaster),
      });
      return p50;
    },
    template,
  );
}
