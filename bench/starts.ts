import { join } from 'node:path';
import { median } from './statistics.ts';
import { runProgram, startServer } from './processes.ts';
import { servers } from './servers.ts';
import type { Stage } from './stage.ts';

/** Milliseconds, each the median of some. */
export interface Starts {
  /** `node -e 0`: what any program of Node.js costs. */
  readonly node: number;
  readonly version: number;
  /** `foundry campaign list` beside a running server. */
  readonly list: number;
  /** The server with its embedded database, until it is ready: in an empty folder, and in one that was used before. */
  readonly cold: number;
  readonly warm: number;
}

const FOUNDRY = 'bin/foundry.js';

export async function measureStarts({ plan, cluster }: Stage): Promise<Starts> {
  const [kind] = servers;
  if (kind === undefined) throw new Error('There is no server to start.');
  const times = plan.mode === 'quick' ? 2 : 9;
  const environment = { FOUNDRY_DATA_DIR: join(cluster.folder, 'data'), XDG_CACHE_HOME: cluster.folder };
  const start = () => startServer(kind, { logFolder: cluster.folder, environment });
  const run = (...args: readonly string[]) => runProgram(args, { logFolder: cluster.folder, environment });

  const first = await start();
  await first.stop();
  await run(FOUNDRY, 'demo');
  const warm: number[] = [];
  const list: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const server = await start();
    warm.push(server.readyMs);
    list.push(await run(FOUNDRY, 'campaign', 'list'));
    await server.stop();
  }
  const node: number[] = [];
  const version: number[] = [];
  for (let time = 0; time < times * 3; time += 1) {
    node.push(await run('-e', '0'));
    version.push(await run(FOUNDRY, '--version'));
  }
  return {
    node: median(node),
    version: median(version),
    list: median(list),
    cold: first.readyMs,
    warm: median(warm),
  };
}
