import { expect } from 'chai';
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

const EMAIL = 'gm@example.org';
/** Milliseconds that a writer waits at most for one who does not answer, and what a busy machine adds. */
const BEARABLE = 6000;

describe('kept answers of servers that are processes of their own', function () {
  this.timeout(120_000);
  let home: Home;
  let one: ServerProcess;
  let two: ServerProcess;
  let token: string;
  let id: string;
  before(async () => {
    home = await makeHome();
    one = await startServer(home);
    two = await startServer(home);
    token = await registerGm(one.url, EMAIL);
    id = await createCampaign(one.url, token);
  });
  after(() => home.remove());

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

  it('end when the command line changes what they tell, beside both', async () => {
    for (let n = 0; n < 2; n += 1) {
      for (const server of [one, two, one, two]) await nameBy(server);
      await expectDone(home, ['campaign', 'update', id, '--name', `Told ${n}`, '--as', EMAIL]);
      expect([await nameBy(one), await nameBy(two)]).to.deep.equal([`Told ${n}`, `Told ${n}`]);
    }
  });

  it('are not given by a server that stood still while the other one wrote', async () => {
    for (let n = 0; n < 2; n += 1) {
      for (let count = 0; count < 5; count += 1) await nameBy(two);
      process.kill(two.pid, 'SIGSTOP');
      const begun = performance.now();
      try {
        await rename(one, `Missed ${n}`);
        await rename(one, `Missed ${n} and more`);
      } finally {
        process.kill(two.pid, 'SIGCONT');
      }
      expect(performance.now() - begun).to.be.lessThan(BEARABLE);
      expect(await nameBy(two)).to.equal(`Missed ${n} and more`);
      expect(await nameBy(one)).to.equal(`Missed ${n} and more`);
    }
  });

  it('are not given by a server that was killed and started again, nor waited for', async () => {
    for (let count = 0; count < 5; count += 1) await nameBy(two);
    await two.kill();
    const begun = performance.now();
    await rename(one, 'After a crash');
    expect(performance.now() - begun).to.be.lessThan(BEARABLE);
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
      expect(await nameBy(reader)).to.equal(`Turn ${n}`);
      expect(await nameBy(writer)).to.equal(`Turn ${n}`);
    }
  });

  it('leave nothing running', async () => {
    expect(await one.stop()).to.equal(0);
    expect(await two.stop()).to.equal(0);
    await until(() => home.postgresProcesses().length === 0);
  });
});
