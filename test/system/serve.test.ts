import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expectDone, runFoundry } from '../support/cli-process.ts';
import {
  type Home,
  type ServerProcess,
  callApi,
  createCampaign,
  listApi,
  makeHome,
  registerGm,
  startServer,
} from '../support/server-process.ts';
import { databaseUrl, testCluster } from '../support/test-cluster.ts';

const SECRET = 'a secret only for tests, and long enough';

describe('foundry serve', function () {
  this.timeout(60_000);

  let home: Home;

  beforeEach(async () => {
    home = await makeHome();
  });

  afterEach(() => home.remove());

  it('starts from an empty folder, and says where the data lies, where it listens and what to do next', async () => {
    expect(existsSync(home.dataFolder)).to.equal(false);
    const server = await startServer(home);
    const ready = await callApi(`${server.url}/health/ready`, 'GET');
    expect([ready.status, ready.body]).to.deep.equal([
      200,
      { ...ready.body, status: 'ready', database: 'connected', migrations: 'current' },
    ]);
    expect(server.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(messageOf(server, 'data_place')).to.include(home.cluster);
    expect(messageOf(server, 'server_ready')).to.include(server.url);
    expect(messageOf(server, 'next_step')).to.include('npx foundry demo');
    expect((await stat(join(home.dataFolder, 'jwt-secret'))).mode & 0o777).to.equal(0o600);
    expect(server.output()).not.to.include((await readFile(join(home.dataFolder, 'jwt-secret'), 'utf8')).trim());
    expect(await server.stop()).to.equal(0);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with exit code 0 at ${signal}, and no PostgreSQL is left`, async () => {
      const server = await startServer(home);
      expect(home.postgresProcesses()).not.to.deep.equal([]);
      expect(await server.stop(signal)).to.equal(0);
      await home.expectNoPostgres();
      expect(server.log().map(({ event }) => event)).to.include.members(['server_stopping', 'sys_shutdown']);
      expect(server.log().filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
    });
  }

  it('has everything again after a restart: users, what they made, and their sign-ins', async () => {
    const first = await startServer(home);
    const token = await registerGm(first.url);
    const id = await createCampaign(first.url, token);
    const before = await callApi(`${first.url}/api/campaigns/${id}`, 'GET', { token });
    expect(await first.stop()).to.equal(0);

    const second = await startServer(home);
    const after = await callApi(`${second.url}/api/campaigns/${id}`, 'GET', { token });
    expect([before.status, after]).to.deep.equal([200, before]);
    expect(await listApi(`${second.url}/api/campaigns`, token)).to.deep.equal([before.body]);
    expect(await second.stop()).to.equal(0);
  });

  it('does not start on a port that is taken, says so, and leaves nothing running', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { stderr, exitCode } = await runFoundry(home, ['serve'], { env: { PORT: String(port) } });
      expect(stderr).to.include(`Port ${port} of 127.0.0.1 is already in use`).and.include('PORT or --port');
      expect(stderr).not.to.match(/\n\s+at /);
      expect(exitCode).to.be.greaterThan(0);
      await home.expectNoPostgres();
    } finally {
      holder.close();
    }
  });

  it('does not start in production without a secret, and names it, before it touches anything', async () => {
    const { stdout, stderr, exitCode } = await runFoundry(home, ['serve'], {
      env: { NODE_ENV: 'production', PORT: '0' },
    });
    expect(stderr).to.include('JWT_SECRET must be set in production').and.include('randomBytes');
    expect([stdout, exitCode]).to.deep.equal(['', 2]);
    expect(existsSync(home.dataFolder)).to.equal(false);
  });

  it('starts in production with a secret, and then keeps none of its own', async () => {
    const server = await startServer(home, { NODE_ENV: 'production', JWT_SECRET: SECRET });
    expect((await callApi(`${server.url}/health/ready`, 'GET')).status).to.equal(200);
    expect(existsSync(join(home.dataFolder, 'jwt-secret'))).to.equal(false);
    expect(server.output()).not.to.include(SECRET);
    expect(await server.stop()).to.equal(0);
  });

  it('tells all faults of the configuration at once, and none of its secrets', async () => {
    const env = { PORT: 'many', LOG_LEVEL: 'loud', JWT_SECRET: 'too-short', DATABASE_URL: 'mysql://anna:Pa55@db/x' };
    const { stderr, exitCode } = await runFoundry(home, ['serve'], { env });
    for (const name of Object.keys(env)) expect(stderr).to.include(name);
    expect(stderr).not.to.match(/too-short|Pa55/);
    expect(exitCode).to.equal(2);
  });

  it('is not ready on a database without migrations, until foundry migrate up has run', async () => {
    const env = {
      DATABASE_URL: databaseUrl(await (await testCluster()).empty()),
      MIGRATE_ON_START: 'false',
      JWT_SECRET: SECRET,
    };
    const server = await startServer(home, env);
    const ready = `${server.url}/health/ready`;
    const before = await callApi(ready, 'GET');
    expect([before.status, before.body]).to.deep.equal([
      503,
      { ...before.body, status: 'not ready', database: 'connected', migrations: 'pending' },
    ]);
    expect((await callApi(`${server.url}/health/live`, 'GET')).status).to.equal(200);
    expect(messageOf(server, 'migrations_pending')).to.include('foundry migrate up');

    const refused = await runFoundry(home, ['user', 'list'], { env });
    expect([refused.exitCode, refused.stderr]).to.deep.equal([
      6,
      'error: The database lacks migrations. Run: foundry migrate up\n',
    ]);
    await expectDone(home, ['migrate', 'up'], { env });
    const after = await callApi(ready, 'GET');
    expect([after.status, after.body]).to.deep.equal([200, { ...after.body, status: 'ready', migrations: 'current' }]);
    expect(await server.stop()).to.equal(0);
    // The database was elsewhere: nothing was made here.
    expect(existsSync(home.cluster)).to.equal(false);
  });

  it('migrates a database elsewhere when it is told to', async () => {
    const DATABASE_URL = databaseUrl(await (await testCluster()).empty());
    const server = await startServer(home, { DATABASE_URL, MIGRATE_ON_START: 'true' });
    expect((await callApi(`${server.url}/health/ready`, 'GET')).status).to.equal(200);
    expect(await server.stop()).to.equal(0);
  });
});

function messageOf(server: ServerProcess, event: string): unknown {
  return server.log().find((line) => line.event === event)?.message;
}
