import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { createClient } from 'redis';
import type { Database } from '../../infrastructure/database/database.ts';
import { type StatementCounter, countStatements } from '../support/count-statements.ts';
import { type RealServer, startRealServer } from '../support/real-server.ts';
import { TEST_DATABASE, type Wire, layWire } from '../support/redis-wire.ts';
import { openTestDatabase } from '../support/test-cluster.ts';
import { ask } from '../support/ask.ts';

/** Two servers that rename a campaign by turns, and ask each other for its name. */
class Pair {
  readonly servers: readonly [RealServer, RealServer];
  readonly #token: string;
  readonly #path: string;
  #turns = 0;

  constructor(servers: readonly [RealServer, RealServer], token: string, path: string) {
    this.servers = servers;
    this.#token = token;
    this.#path = path;
  }

  static async start(redisUrl?: string): Promise<Pair> {
    const options = { cache: true, ...(redisUrl !== undefined && { redisUrl }) } as const;
    const one = await startRealServer(options);
    const two = await startRealServer({ ...options, target: one.target });
    const { token } = await one.newUser();
    const { body } = await one.call('POST', '/api/campaigns', { token, body: { name: 'The Salt Road' } });
    return new Pair([one, two], token, `/api/campaigns/${String(body.id)}`);
  }

  async read(server: RealServer): Promise<unknown> {
    const { status, text, body } = await server.call('GET', this.#path, { token: this.#token });
    expect(status, text).to.equal(200);
    return body.name;
  }

  /** Answers the name that the campaign has from now on. */
  async rename(writer: RealServer): Promise<string> {
    this.#turns += 1;
    const name = `Turn ${this.#turns}`;
    const { status, text } = await writer.call('PATCH', this.#path, { token: this.#token, body: { name } });
    expect(status, text).to.equal(200);
    return name;
  }

  async turn(): Promise<void> {
    const [one, two] = this.servers;
    const [writer, reader] = this.#turns % 2 === 0 ? [one, two] : [two, one];
    for (const server of [reader, writer, reader]) await this.read(server);
    const name = await this.rename(writer);
    expect(await this.read(writer)).to.equal(name);
    // It hears of the change, long before it would forget by itself.
    for (const deadline = performance.now() + 2000; (await this.read(reader)) !== name;) {
      if (performance.now() > deadline) expect.fail(`${name} was not seen in time.`);
    }
    for (const server of [reader, writer]) expect(await this.read(server)).to.equal(name);
  }

  /** Takes turns until `meanwhile` is over, and answers how many. @throws where an answer was stale, or none */
  async during(meanwhile: () => Promise<unknown>): Promise<number> {
    const before = this.#turns;
    let goesOn = true;
    const load = async (): Promise<void> => {
      while (goesOn) await this.turn();
    };
    const running = load();
    try {
      await Promise.race([meanwhile(), running]);
    } finally {
      goesOn = false;
    }
    await running;
    return this.#turns - before;
  }

  async stop(): Promise<void> {
    for (const server of this.servers) await server.close();
    expect(this.servers.flatMap(({ faults }) => faults)).to.deep.equal([]);
  }
}

/** The sockets of the feeds that are opened from now on. */
function catchFeeds(): { all(): readonly Socket[]; stop(): void } {
  const caught = new Set<Socket>();
  const { query } = pg.Client.prototype;
  const catching = function (this: pg.Client, ...args: readonly unknown[]): unknown {
    const stream: unknown = Reflect.get(Object(Reflect.get(this, 'connection')), 'stream');
    if (String(args[0]).startsWith('listen ') && stream instanceof Socket) caught.add(stream);
    return Reflect.apply(query, this, args);
  };
  Object.assign(pg.Client.prototype, { query: catching });
  return {
    all: () => [...caught],
    stop: () => {
      Object.assign(pg.Client.prototype, { query });
    },
  };
}

describe('cached answers while the change feed is disturbed', function () {
  this.timeout(60_000);
  let pair: Pair;
  let admin: Database;
  let database: string;
  let counter: StatementCounter;
  let feeds: ReturnType<typeof catchFeeds>;
  beforeEach(async () => {
    counter = countStatements();
    feeds = catchFeeds();
    pair = await Pair.start();
    await pair.turn();
    feeds.stop();
    const { target } = pair.servers[0];
    if ('url' in target) throw new Error('The tests have a PostgreSQL of their own.');
    database = target.database;
    admin = await openTestDatabase({ ...target, database: 'postgres' });
  });
  afterEach(async () => {
    await pair.stop();
    await admin.close();
    counter.stop();
  });
  const cutFeeds = (most: number) =>
    ask(
      admin,
      `select pg_terminate_backend(pid) from (
         select pid from pg_stat_activity where datname = $1 and query ~ '^listen|as heard' order by random() limit ${most}
       ) as feeds`,
      [database],
    );
  const isKept = async (server: RealServer): Promise<boolean> => (await counter.during(() => pair.read(server))) === 0;
  const keepAgain = async (server: RealServer): Promise<void> => {
    for (let tries = 0; tries < 500 && !(await isKept(server)); tries += 1) await sleep(20);
    expect(await isKept(server)).to.equal(true);
  };

  it('are never stale, and nothing fails, while PostgreSQL ends its connections', async () => {
    const turns = await pair.during(async () => {
      for (let n = 0; n < 15; n += 1) {
        await sleep(100);
        await cutFeeds(1);
      }
    });
    expect(turns).to.be.greaterThan(3);
  });

  /** Whose feed is lost gets none again. */
  const refusingConnections = async (work: () => Promise<unknown>): Promise<void> => {
    // The pools have what they need.
    for (const server of pair.servers) await Promise.all(Array.from({ length: 5 }, () => pair.rename(server)));
    for (const server of pair.servers) await keepAgain(server);
    await ask(admin, `alter database ${database} allow_connections false`);
    try {
      await work();
    } finally {
      await ask(admin, `alter database ${database} allow_connections true`);
    }
  };

  it('are not given by a server that hears nothing any more, from the first second on', async () => {
    const [one, two] = pair.servers;
    for (const [deaf, other, feed] of [
      [one, two, feeds.all()[0]],
      [two, one, feeds.all()[1]],
    ] as const) {
      await refusingConnections(async () => {
        feed?.pause();
        await sleep(1100);
        for (let n = 0; n < 30; n += 1) {
          const name = await pair.rename(other);
          expect(await pair.read(deaf)).to.equal(name);
          expect(await isKept(deaf)).to.equal(false);
        }
        feed?.resume();
      });
    }
  });

  it('are none while the feed cannot be had, and are others when it can', async () => {
    let name = '';
    await refusingConnections(async () => {
      await cutFeeds(2);
      for (const server of pair.servers) while (await isKept(server)) await sleep(1);
      for (let n = 0; n < 50; n += 1) for (const server of pair.servers) expect(await isKept(server)).to.equal(false);
      name = await pair.rename(pair.servers[0]);
    });
    // What was kept before, and has changed meanwhile, is gone.
    const other = pair.servers[1];
    for (let kept = 0; kept < 10;) {
      const statements = await counter.during(async () => expect(await pair.read(other)).to.equal(name));
      if (statements === 0) kept += 1;
    }
    await pair.turn();
  });
});

const given = process.env.REDIS_URL;
(given === undefined ? describe.skip : describe)(
  'answers that are cached in Redis (where REDIS_URL is set)',
  function () {
    this.timeout(60_000);
    const target = given ?? '';
    let counter: StatementCounter;
    let wire: Wire;
    let pair: Pair;
    beforeEach(async () => {
      counter = countStatements();
      wire = await layWire(target);
      pair = await Pair.start(wire.url);
    });
    afterEach(async () => {
      await pair.stop();
      await wire.cut();
      counter.stop();
    });

    it('are found by another server, and end on both', async () => {
      const [one, two] = pair.servers;
      const isKept = async (server: RealServer) => (await counter.during(() => pair.read(server))) === 0;
      // What is in Redis is not trusted before a server has listened for as long as anything is kept.
      for (const begun = performance.now(); performance.now() - begun < 5500;) {
        await sleep(100);
        await Promise.all([pair.read(one), pair.read(two)]);
      }
      let shared = false;
      for (let tries = 0; tries < 20 && !shared; tries += 1) {
        await pair.turn();
        await pair.read(one);
        await sleep(20);
        shared = await isKept(two);
      }
      expect(shared).to.equal(true);
      for (let n = 0; n < 50; n += 1) await pair.turn();
    });

    it('cost time only, and are never stale, while Redis goes and comes back', async () => {
      await pair.during(async () => {
        for (let n = 0; n < 3; n += 1) {
          await sleep(200);
          await wire.cut();
          await sleep(200);
          await wire.mend();
        }
      });
    });

    it('cost time only, and are never stale, while Redis stands still', async () => {
      await pair.during(async () => {
        for (let n = 0; n < 2; n += 1) {
          await sleep(300);
          wire.hold();
          await sleep(700);
          wire.release();
        }
      });
    });

    it('cost time only, and are never stale, while Redis is emptied', async () => {
      const client = createClient({ url: `${target.replace(/\/\d*$/, '')}${TEST_DATABASE}` });
      await client.connect();
      await pair.during(async () => {
        for (let n = 0; n < 20; n += 1) {
          await client.flushDb();
          await sleep(20);
        }
      });
      client.destroy();
    });
  },
);
