import { type Cluster } from './database.ts';
import { type Plan } from './plan.ts';
import { type RunningServer, startServer } from './processes.ts';
import { type ServerKind } from './servers.ts';

/** What everything is measured on. */
export interface Stage {
  readonly plan: Plan;
  readonly cluster: Cluster;
}

/** The template that holds what seed.ts writes. */
export const SEEDED = 'seeded';
/** The same with few sessions. */
export const FEW = 'few';

/** Lets a server work on a copy of the template: what it changes, no other one meets. */
export async function withServer<T>(
  { plan, cluster }: Stage,
  kind: ServerKind,
  work: (server: RunningServer) => Promise<T>,
  template = SEEDED,
): Promise<T> {
  const databaseUrl = await cluster.copy(template);
  const server = await startServer(kind, {
    logFolder: cluster.folder,
    environment: { DATABASE_URL: databaseUrl, XDG_CACHE_HOME: cluster.folder },
    nodeOptions: plan.profileFolder !== null && kind.ours ? ['--cpu-prof', `--cpu-prof-dir=${plan.profileFolder}`] : [],
  });
  try {
    return await work(server);
  } finally {
    await server.stop();
    await cluster.drop(databaseUrl);
  }
}
