import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import {
  type ClusterPlace,
  findClusterPlace,
  prepareClusterPlace,
} from '../../infrastructure/database/embedded/cluster-place.ts';
import { clusterUser, createCluster } from '../../infrastructure/database/embedded/create-cluster.ts';
import {
  findPostgresPackage,
  preparePostgresBinaries,
} from '../../infrastructure/database/embedded/postgres-binaries.ts';
import { readPostmaster, startPostmaster } from '../../infrastructure/database/embedded/postmaster.ts';
import { runPostgresTool } from '../../infrastructure/database/embedded/run-postgres-tool.ts';
import { callApi, newUser, textIn } from '../support/api-client.ts';
import { type RunningServer, startServerProcess, urlOf } from '../support/running-program.ts';
import { until } from '../support/server-process.ts';

const CALLERS = 6;

describe('when PostgreSQL goes down and comes back', () => {
  let folder: string;
  let place: ClusterPlace;
  let native: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-restart-'));
    place = findClusterPlace(folder);
    prepareClusterPlace(place);
    native = await preparePostgresBinaries(findPostgresPackage(), place);
  });
  afterEach(async () => {
    if (readPostmaster(place) !== null) await stop('fast');
    await rm(folder, { recursive: true, force: true });
    if (place.base !== folder) await rm(place.base, { recursive: true, force: true });
  });

  const stop = (mode: 'immediate' | 'fast', wait: '-w' | '-W' = '-w'): Promise<unknown> =>
    runPostgresTool(join(native, 'bin', 'pg_ctl'), ['stop', '-m', mode, wait, '-s'], {
      account: place.account,
      environment: { PGDATA: place.cluster },
    });
  const address = (database: string) => ({
    host: readPostmaster(place)?.socketFolder ?? '',
    port: 5432,
    user: clusterUser,
    database,
  });
  const connected = async (database: string): Promise<pg.Client> => {
    const client = new pg.Client({ ...address(database), ssl: false, application_name: 'tests' });
    await client.connect();
    return client;
  };

  /** Creates campaigns all the while, and judges every answer. */
  const load = async (server: RunningServer, interrupt: (refuses: () => Promise<void>) => Promise<void>) => {
    const { token } = await newUser(server.url);
    const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
    const made: string[] = [];
    const odd: string[] = [];
    let refused = 0;
    let madeInARow = 0;
    let running = true;
    const call = async (): Promise<void> => {
      while (running) {
        const reply = await callApi(`${server.url}/api/campaigns`, {
          method: 'POST',
          token,
          body: { name: 'X' },
          agent,
        });
        if (reply.status === 201) {
          made.push(textIn(reply.text, 'id'));
          madeInARow += 1;
        } else if (reply.status === 503 && Number(reply.headers['retry-after']) > 0) {
          refused += 1;
          madeInARow = 0;
          await sleep(10);
        } else odd.push(`${reply.status} ${reply.text}`);
      }
    };
    const calls = Array.from({ length: CALLERS }, call);
    try {
      await until(() => made.length > CALLERS);
      await interrupt(() => until(() => refused > 0));
      // It serves again, and refuses nobody any more.
      madeInARow = 0;
      await until(() => madeInARow > 10 * CALLERS);
    } finally {
      running = false;
      await Promise.all(calls);
      agent.destroy();
    }
    return { made, odd, refused };
  };

  const expectSurvived = async (result: Awaited<ReturnType<typeof load>>, database: string): Promise<void> => {
    expect(result.odd).to.deep.equal([]);
    expect(result.refused).to.be.above(0);
    const client = await connected(database);
    const { rows } = await client.query<{ id: string }>('select id from campaigns');
    await client.end();
    const stored = new Set(rows.map(({ id }) => id));
    expect(result.made.filter((id) => !stored.has(id))).to.deep.equal([]);
  };

  it('answers nothing but 503 in between, loses no acknowledged write, and serves again', async () => {
    await createCluster(place, native);
    await startPostmaster(place, native);
    const admin = await connected('postgres');
    await admin.query('create database app');
    await admin.end();
    const server = await startServerProcess({ DATABASE_URL: urlOf(address('app')), MIGRATE_ON_START: 'true' });
    const result = await load(server, async (refuses) => {
      await stop('immediate');
      await refuses();
      await startPostmaster(place, native);
    });
    await expectSurvived(result, 'app');
    server.child.kill('SIGTERM');
    expect(await server.ended).to.equal(0);
  });

  it('brings the embedded one back by itself', async () => {
    const server = await startServerProcess({ FOUNDRY_DATA_DIR: folder });
    const pid = readPostmaster(place)?.pid;
    const result = await load(server, async () => {
      // Not waiting: pg_ctl would take the new server for the old one that does not end.
      await stop('immediate', '-W');
      const client = await reconnected(pid);
      await client.end();
    });
    await expectSurvived(result, 'lazy_foundry');
    expect(readPostmaster(place)?.pid).to.not.equal(pid);
    server.child.kill('SIGTERM');
    expect(await server.ended).to.equal(0);
  });

  /** To the server after the one with this process id. */
  const reconnected = async (former: number | undefined): Promise<pg.Client> => {
    for (const deadline = performance.now() + 10_000; ;) {
      try {
        if (readPostmaster(place)?.pid === former) throw new Error('It is the former server still.');
        return await connected('lazy_foundry');
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(20);
      }
    }
  };
});
