import type { Cluster } from './database.ts';
import type { Plan } from './plan.ts';
import { type RunningServer, startServer } from './processes.ts';
import type { ServerKind } from './servers.ts';

/** What everything is measured on. */
export interface Stage {
  readonly plan: Plan;
  readonly cluster: Cluster;
}

export interface Started {
  readonly kind: ServerKind;
  readonly server: RunningServer;
}

/** The template that holds what seed.ts writes. */
export const SEEDED = 'seeded';
/** The same with few sessions. */
export const FEW = 'few';

/** Starts a server on a copy of the template, so that what it changes meets no other one; stops it after the work. */
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
  } catch (error) {
    const complaints = server.complaints();
    if (complaints !== '') process.stderr.write(`${kind.name} complained:\n${complaints}\n`);
    throw error;
  } finally {
    await server.stop();
    await cluster.drop(databaseUrl);
  }
}

/** The same with several, one started after the other. */
export function withServers<T>(
  stage: Stage,
  kinds: readonly ServerKind[],
  work: (running: readonly Started[]) => Promise<T>,
): Promise<T> {
  const [kind, ...others] = kinds;
  if (kind === undefined) return work([]);
  return withServer(stage, kind, (server) =>
    withServers(stage, others, (running) => work([{ kind, server }, ...running])),
  );
}
