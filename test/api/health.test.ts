import { type Socket, connect, createServer } from 'node:net';
import { expect } from 'chai';
import type { ConnectionTarget } from '../../infrastructure/database/database.ts';
import { type Api, PASSWORD, expectProblem, expectStatus, startApi } from '../support/api.ts';

describe('the API: health', () => {
  let api: Api;
  let opened: (() => Promise<void>)[] = [];
  // Each test spoils what readiness depends on.
  beforeEach(async () => {
    api = await startApi();
    opened = [() => api.close()];
  });
  afterEach(async () => {
    for (const close of opened) await close();
  });
  /** An API whose way to the database can be cut. */
  const startFarApi = async (): Promise<{ readonly far: Api; readonly path: Detour }> => {
    const path = await openDetour();
    const far = await startApi(path.urlOf);
    opened.push(
      () => far.close(),
      () => path.block(),
    );
    return { far, path };
  };

  const ready = { status: 'ready', database: 'connected', migrations: 'current', cache: 'memory' };

  it('is alive, and says when', async () => {
    api.clock.advance(123);
    const response = expectStatus(await api.anybody.get('/health/live'), 200);
    expect(response.body).to.deep.equal({ status: 'alive', timestamp: '2026-11-23T19:00:00.123Z' });
  });

  it('is ready when the door is open and the database is there and migrated', async () => {
    const response = expectStatus(await api.anybody.get('/health/ready'), 200);
    expect(response.body).to.deep.equal({ ...ready, timestamp: '2026-11-23T19:00:00.000Z' });
  });

  it('is not ready before the server is open and while it drains', async () => {
    api.application.door.open = false;
    const response = expectStatus(await api.anybody.get('/health/ready'), 503);
    expect(response.body).to.include({ ...ready, status: 'not ready' });
    expectStatus(await api.anybody.get('/health/live'), 200);
    api.application.door.open = true;
    expectStatus(await api.anybody.get('/health/ready'), 200);
  });

  it('is not ready while migrations are pending', async () => {
    await api.application.migrations.down(() => Promise.resolve());
    const response = expectStatus(await api.anybody.get('/health/ready'), 503);
    expect(response.body).to.include({ ...ready, status: 'not ready', migrations: 'pending' });
    await api.application.migrations.up();
    expectStatus(await api.anybody.get('/health/ready'), 200);
  });

  it('is not ready, but alive, while the database is away, and recovers', async () => {
    const { far, path } = await startFarApi();
    expectStatus(await far.anybody.get('/health/ready'), 200);
    await path.block();
    const response = expectStatus(await far.anybody.get('/health/ready'), 503);
    expect(response.body).to.include({ ...ready, status: 'not ready', database: 'away', migrations: 'unknown' });
    expectStatus(await far.anybody.get('/health/live'), 200);
    await path.unblock();
    expectStatus(await far.anybody.get('/health/ready'), 200);
  });

  it('is not ready, but alive, while the database is there and says nothing, however many ask', async () => {
    const { far, path } = await startFarApi();
    expectStatus(await far.anybody.get('/health/ready'), 200);
    path.hold();
    const asked = Array.from({ length: 20 }, () => far.anybody.get('/health/ready'));
    for (const response of await Promise.all(asked)) {
      expect(expectStatus(response, 503).body).to.include({
        ...ready,
        status: 'not ready',
        database: 'away',
        migrations: 'unknown',
      });
    }
    expectStatus(await far.anybody.get('/health/live'), 200);
    // What was asked on a connection that is lost is asked again.
    await path.block();
    await path.unblock();
    while ((await far.anybody.get('/health/ready')).status !== 200)
      await new Promise((resolve) => setImmediate(resolve));
  });

  it('has every operation answer unavailable while the database is away, and go on when it is back', async () => {
    const { far, path } = await startFarApi();
    const user = await far.newUser();
    const id = await far.newCampaign(user);
    await path.block();
    for (const response of await Promise.all([
      far.anybody.post('/api/auth/login', { email: user.email, password: PASSWORD }),
      far.anybody.post('/api/auth/refresh', { refreshToken: user.refreshToken }),
      far.as(user).get('/api/auth/me'),
      far.as(user).get(`/api/campaigns/${id}`),
      far.as(user).post('/api/campaigns', { name: 'Lost' }),
    ])) {
      expectProblem(response, 503, 'unavailable');
    }
    await path.unblock();
    expect((await far.as(user).get('/api/campaigns')).items).to.have.length(1);
  });
});

interface Detour {
  /** The test cluster by TCP, through here. */
  urlOf(target: ConnectionTarget): string;
  /** Cuts every connection and takes no more. */
  block(): Promise<void>;
  unblock(): Promise<void>;
  /** Keeps every connection, takes new ones, and lets nothing through until `block`. */
  hold(): void;
}

/** A way to the database that can be cut, while the cluster goes on serving the other tests. */
async function openDetour(): Promise<Detour> {
  let socketFile = '';
  let port = 0;
  let isHeld = false;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(socketFile);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      if (!isHeld) socket.pipe(other);
    }
  });
  const listen = (): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        port = typeof address === 'object' && address !== null ? address.port : port;
        resolve();
      });
    });
  await listen();
  return {
    urlOf: (target) => {
      if (!('host' in target)) throw new Error('The test cluster is reached by its socket.');
      socketFile = `${target.host}/.s.PGSQL.${target.port}`;
      return `postgresql://${target.user}@127.0.0.1:${port}/${target.database}?sslmode=disable`;
    },
    block: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
        isHeld = false;
      }),
    hold: () => {
      isHeld = true;
      for (const socket of open) socket.unpipe();
    },
    unblock: listen,
  };
}
