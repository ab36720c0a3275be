import { Agent } from 'node:http';
import { expect } from 'chai';
import pg from 'pg';
import { callApi, newUser, textIn } from '../support/api-client.ts';
import { startServerProcess, urlOf } from '../support/running-program.ts';
import { until } from '../support/server-process.ts';
import { testCluster } from '../support/test-cluster.ts';

const CALLERS = 8;
/** Before a request is accepted: it was never ours to answer. */
const REFUSED = new Set(['ECONNREFUSED']);

describe('told to stop', () => {
  let databaseUrl: string;
  let database: pg.Client;
  before(async () => {
    databaseUrl = urlOf(await (await testCluster()).migrated());
    database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
  });
  after(() => database.end());

  const connections = async (): Promise<number> => {
    const { rows } = await database.query<{ count: number }>(
      // Servers of other tests are connected to other databases.
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and application_name like 'lazy-foundry server%'`,
    );
    return rows[0]?.count ?? 0;
  };

  for (let round = 1; round <= 10; round += 1) {
    it(`ends every request in flight and leaves with 0 (${round} of 10)`, async () => {
      const server = await startServerProcess({ DATABASE_URL: databaseUrl });
      const { token } = await newUser(server.url);
      const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
      let acknowledged = 0;
      const failures: string[] = [];
      const call = async (): Promise<void> => {
        for (;;) {
          try {
            const body = { name: `Round ${round}` };
            const { status } = await callApi(`${server.url}/api/campaigns`, { method: 'POST', token, body, agent });
            if (status === 201) acknowledged += 1;
            else failures.push(String(status));
          } catch (error) {
            const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
            if (!REFUSED.has(code)) failures.push(code);
            return;
          }
        }
      };
      const calls = Array.from({ length: CALLERS }, call);
      while (acknowledged < 20) await new Promise((resolve) => setImmediate(resolve));
      const begun = performance.now();
      server.child.kill(round % 2 === 0 ? 'SIGTERM' : 'SIGINT');
      await Promise.all(calls);
      const code = await server.ended;
      agent.destroy();

      expect(failures).to.deep.equal([]);
      expect(code).to.equal(0);
      expect(performance.now() - begun).to.be.below(10_000);
      const { rows } = await database.query<{ count: number }>(
        'select count(*)::int as count from campaigns where name = $1',
        [`Round ${round}`],
      );
      expect(rows[0]?.count).to.equal(acknowledged);
      // PostgreSQL takes a moment to notice that the other end is gone.
      await until(async () => (await connections()) === 0);
    });
  }

  it('serves on for as long as SHUTDOWN_GRACE says, and is not ready meanwhile', async () => {
    const server = await startServerProcess({ DATABASE_URL: databaseUrl, SHUTDOWN_GRACE: '600' });
    const { token } = await newUser(server.url);
    server.child.kill('SIGTERM');
    while (!server.output().includes('server_draining')) await new Promise((resolve) => setImmediate(resolve));
    for (let count = 0; count < 5; count += 1) {
      // Each on a connection of its own: the port is still open.
      const agent = new Agent({ keepAlive: false });
      expect((await callApi(`${server.url}/health/ready`, { agent })).status).to.equal(503);
      const body = { name: 'Late' };
      expect((await callApi(`${server.url}/api/campaigns`, { method: 'POST', token, body, agent })).status).to.equal(
        201,
      );
    }
    expect(server.output()).not.to.include('server_stopping');
    // Sooner it would count as the same signal.
    await new Promise((resolve) => setTimeout(resolve, 700));
    server.child.kill('SIGTERM');
    expect(await server.ended).to.equal(1);
  });

  it('stops by itself when that time is over', async () => {
    const server = await startServerProcess({ DATABASE_URL: databaseUrl, SHUTDOWN_GRACE: '1' });
    const begun = performance.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).to.equal(0);
    expect(performance.now() - begun).to.be.at.least(1000);
    expect(server.output()).to.match(/server_draining[^]*server_stopping[^]*sys_shutdown/);
  });

  it('tells first that it is not ready, and a second signal ends it at once', async () => {
    const server = await startServerProcess({ DATABASE_URL: databaseUrl });
    const { token } = await newUser(server.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await callApi(`${server.url}/health/ready`, { agent })).status).to.equal(200);
    const id = textIn(
      (await callApi(`${server.url}/api/campaigns`, { method: 'POST', token, body: { name: 'Held' } })).text,
      'id',
    );
    await database.query('begin');
    await database.query('select from campaigns where id = $1 for update', [id]);
    const held = callApi(`${server.url}/api/campaigns/${id}`, { method: 'PATCH', token, body: { name: 'Freed' } });
    const lost = held.then(
      () => 'answered',
      () => 'lost',
    );
    const waiting = 'select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid';
    while ((await database.query(waiting)).rowCount === 0) await new Promise((resolve) => setImmediate(resolve));
    server.child.kill('SIGTERM');
    while (!server.output().includes('server_stopping')) await new Promise((resolve) => setImmediate(resolve));
    expect((await callApi(`${server.url}/health/ready`, { agent })).status).to.equal(503);
    // Sooner it would count as the same signal, which npm and a terminal each send.
    await new Promise((resolve) => setTimeout(resolve, 700));
    server.child.kill('SIGTERM');

    expect(await server.ended).to.equal(1);
    expect(await lost).to.equal('lost');
    await database.query('rollback');
    agent.destroy();
  });
});
