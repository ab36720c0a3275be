import { expect } from 'chai';
import type { JsonObject } from '../support/contract.ts';
import {
  type Home,
  type ServerProcess,
  callApi,
  createCampaign,
  killAll,
  listApi,
  makeHome,
  registerGm,
  startServer,
  until,
} from '../support/server-process.ts';

const CRASHES = 20;
const WRITERS = 4;

describe('a server that is killed in the middle of writes', function () {
  this.timeout(300_000);

  let home: Home;

  beforeEach(async () => {
    home = await makeHome();
  });

  afterEach(() => home.remove());

  it(`keeps all that it acknowledged, ${CRASHES} times in one data folder, and starts again without help`, async () => {
    const game = await prepare();
    for (let round = 1; round <= CRASHES; round += 1) {
      const server = await startServer(home);
      const writing = write(server, game);
      // Each time at another moment, and always with requests under way.
      await until(() => writing.acknowledged() >= 2 + (round % 5) * 3);
      await server.kill();
      expect(await writing.cutOff(), `round ${round}`).to.equal(WRITERS);
    }
    await expectIntact(game);
  });

  it('keeps it when every process of PostgreSQL is killed with it', async () => {
    const game = await prepare();
    const server = await startServer(home);
    const writing = write(server, game);
    await until(() => writing.acknowledged() >= 10);
    // The whole machine at once, as far as one can: the server first, so that it does not bring its database back.
    process.kill(server.pid, 'SIGKILL');
    expect(home.postgresProcesses()).not.to.deep.equal([]);
    await killAll(home.postgresProcesses);
    await server.kill();
    expect(await writing.cutOff()).to.equal(WRITERS);
    await expectIntact(game);
  });

  it('goes on by itself when only PostgreSQL is killed, again and again, and loses nothing either', async () => {
    const game = await prepare();
    // As many connections as writers: one that was lost and not given back would be missed at once.
    const server = await startServer(home, { DB_POOL_MIN: '0', DB_POOL_MAX: String(WRITERS) });
    for (let round = 1; round <= 3; round += 1) {
      const writing = write(server, game);
      await until(() => writing.acknowledged() >= 10);
      await killAll(home.postgresProcesses);
      // What was committed just before is answered when PostgreSQL is back; everybody else is told to come back.
      const answers = await writing.lastAnswers();
      expect(answers.filter((status) => status !== 201 && status !== 503)).to.deep.equal([]);
      expect(answers).to.include(503);
      await until(async () => (await callApi(`${server.url}/health/ready`, 'GET')).status === 200);
    }
    expect(await server.stop()).to.equal(0);
    await expectIntact(game);
  });

  interface Game {
    readonly token: string;
    readonly path: string;
    /** Title and number of every session for which the server answered 201. */
    readonly acknowledged: Map<string, unknown>;
  }

  async function prepare(): Promise<Game> {
    const server = await startServer(home);
    const token = await registerGm(server.url);
    const path = `/api/campaigns/${await createCampaign(server.url, token)}/sessions`;
    expect(await server.stop()).to.equal(0);
    return { token, path, acknowledged: new Map() };
  }

  /** Several writers, each of which schedules one session after the other until one is not acknowledged. */
  function write({ url }: ServerProcess, { token, path, acknowledged }: Game) {
    const begun = acknowledged.size;
    let isOver = false;
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let count = 0; ; count += 1) {
        const title = `${url} ${begun} ${writer} ${count}`;
        const answer = await callApi(`${url}${path}`, 'POST', { token, body: { title } }).catch(() => null);
        if (answer?.status !== 201) return answer;
        acknowledged.set(title, answer.body.sessionNumber);
        if (isOver) return answer;
      }
    });
    return {
      acknowledged: () => acknowledged.size - begun,
      /** How many of the writers got no answer any more. */
      cutOff: async () => (await Promise.all(writers)).filter((answer) => answer === null).length,
      /** What the writers are answered to what they are just writing, after which they end. */
      lastAnswers: async () => {
        isOver = true;
        return (await Promise.all(writers)).map((answer) => answer?.status);
      },
    };
  }

  async function expectIntact({ token, path, acknowledged }: Game): Promise<void> {
    const server = await startServer(home);
    const stored = await listApi(`${server.url}${path}`, token);
    expect(await server.stop()).to.equal(0);
    await home.expectNoPostgres();

    const numbers = new Map(stored.map(({ title, sessionNumber }: JsonObject) => [title, sessionNumber]));
    const lost = [...acknowledged].filter(([title, number]) => numbers.get(title) !== number);
    expect(lost).to.deep.equal([]);
    expect(new Set(numbers.values()).size).to.equal(stored.length);
    expect(acknowledged.size).to.be.greaterThan(0);
  }
});
