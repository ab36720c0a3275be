import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Database } from '../../infrastructure/database/database.ts';
import { findClusterPlace } from '../../infrastructure/database/embedded/cluster-place.ts';
import { clusterUser } from '../../infrastructure/database/embedded/create-cluster.ts';
import { readPostmaster } from '../../infrastructure/database/embedded/postmaster.ts';
import { expectDone } from '../support/cli-process.ts';
import {
  type Home,
  type ServerProcess,
  callApi,
  createCampaign,
  makeHome,
  registerGm,
  startServer,
  until,
} from '../support/server-process.ts';
import { openTestDatabase } from '../support/test-cluster.ts';
import { ask } from '../support/ask.ts';

const EMAIL = 'gm@example.org';
describe('cached answers of servers that are processes of their own', function () {
  this.timeout(120_000);
  let home: Home;
  let one: ServerProcess;
  let two: ServerProcess;
  let admin: Database;
  let token: string;
  let id: string;
  before(async () => {
    home = await makeHome();
    one = await startServer(home);
    two = await startServer(home);
    const { socketFolder: host = '', port = 0 } = readPostmaster(findClusterPlace(home.dataFolder)) ?? {};
    admin = await openTestDatabase({ host, port, user: clusterUser, database: 'lazy_foundry' });
    token = await registerGm(one.url, EMAIL);
    id = await createCampaign(one.url, token);
  });
  after(async () => {
    await admin.close();
    await home.remove();
  });

  const nameBy = async ({ url }: ServerProcess): Promise<unknown> => {
    const { status, body } = await callApi(`${url}/api/campaigns/${id}`, 'GET', { token });
    expect(status).to.equal(200);
    return body.name;
  };
  const rename = async ({ url }: ServerProcess, name: string): Promise<void> => {
    const response = await fetch(`${url}/api/campaigns/${id}`, {
      method: 'PATCH',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    expect(response.status, await response.text()).to.equal(200);
  };

  /** Asked of one that hears of the change, long before it would forget by itself. */
  const soon = async (server: ServerProcess, name: string): Promise<void> => {
    for (const deadline = performance.now() + 2000; (await nameBy(server)) !== name;) {
      if (performance.now() > deadline) expect.fail(`${name} was not seen in time.`);
    }
  };
  /** PostgreSQL has finished all that it was asked for. */
  const nothingWaits = async (): Promise<boolean> => {
    const unfinished = await ask(
      admin,
      `select query, wait_event from pg_stat_activity
       where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
    );
    return unfinished.length === 0;
  };

  it('end when the command line changes what they tell, beside both', async () => {
    for (let n = 0; n < 2; n += 1) {
      for (const server of [one, two, one, two]) await nameBy(server);
      await expectDone(home, ['campaign', 'update', id, '--name', `Told ${n}`, '--as', EMAIL]);
      for (const server of [one, two]) await soon(server, `Told ${n}`);
    }
  });

  it('are not given by a server that stood still while the other one wrote, which does not wait for it', async () => {
    for (let n = 0; n < 2; n += 1) {
      for (let count = 0; count < 5; count += 1) await nameBy(two);
      process.kill(two.pid, 'SIGSTOP');
      try {
        await rename(one, `Missed ${n}`);
        await rename(one, `Missed ${n} and more`);
        expect(await nameBy(one)).to.equal(`Missed ${n} and more`);
        await until(nothingWaits);
        await sleep(300);
      } finally {
        process.kill(two.pid, 'SIGCONT');
      }
      expect(await nameBy(two)).to.equal(`Missed ${n} and more`);
      expect(await nameBy(one)).to.equal(`Missed ${n} and more`);
    }
  });

  it('are not given by a server that was killed and started again, nor waited for', async () => {
    for (let count = 0; count < 5; count += 1) await nameBy(two);
    await two.kill();
    await rename(one, 'After a crash');
    await until(nothingWaits);
    two = await startServer(home);
    expect(await nameBy(two)).to.equal('After a crash');
  });

  it('are given by one who writes all the time beside another', async () => {
    let n = 0;
    const begun = performance.now();
    while (performance.now() - begun < 1000) {
      n += 1;
      const [writer, reader] = n % 2 === 0 ? [one, two] : [two, one];
      await rename(writer, `Turn ${n}`);
      expect(await nameBy(writer)).to.equal(`Turn ${n}`);
      await soon(reader, `Turn ${n}`);
    }
  });

  it('leave nothing running', async () => {
    await admin.close();
    expect(await one.stop()).to.equal(0);
    expect(await two.stop()).to.equal(0);
    await until(() => home.postgresProcesses().length === 0);
  });
});
