import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createClient } from 'redis';
import { TEST_DATABASE, type Wire, layWire } from '../../test/support/redis-wire.ts';
import { makeRateLimiter } from './rate-limiter.ts';
import { type RedisConnection, openRedisConnection } from '../redis/redis-connection.ts';

const LARGE = { quota: 100_000, seconds: 60 };
const POLICIES = {
  auth: { quota: 5, seconds: 60 },
  default: LARGE,
  open: LARGE,
  body: LARGE,
  register: LARGE,
  refresh: LARGE,
} as const;
/** Milliseconds that a request may lose to a Redis that does not answer: 100, and what a busy machine adds. */
const BEARABLE = 2000;

let keys = 0;
function aKey(): string {
  keys += 1;
  return `key ${keys} of ${process.pid} at ${Date.now()}`;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2000 && !holds(); tries += 1) await sleep(10);
  expect(holds()).to.equal(true);
}

describe('rate limits without the Redis that is configured', () => {
  const warnings: string[] = [];
  let connection: RedisConnection;
  before(() => {
    const url = 'redis://user:hunter2@127.0.0.1:1';
    connection = openRedisConnection({
      url,
      warn: (event, fields) => warnings.push(JSON.stringify({ event, ...fields })),
    });
  });
  after(() => {
    connection.close();
  });

  it('are counted in memory from the first request on, and no request waits', async () => {
    const limiter = makeRateLimiter(POLICIES, connection);
    const key = aKey();
    let turns = 0;
    const turn = setImmediate(() => (turns += 1));
    const allowed = [];
    for (let count = 0; count < 7; count += 1) allowed.push((await limiter.take('auth', key)).allowed);
    expect(allowed).to.deep.equal([true, true, true, true, true, false, false]);
    await limiter.giveBack('default', key);
    expect((await limiter.take('default', key)).remaining).to.equal(100_000);
    clearImmediate(turn);
    expect(turns).to.equal(0);
  });

  it('are told of once, and without the password', async () => {
    await until(() => warnings.length > 0);
    await sleep(300);
    expect(warnings).to.have.lengthOf(1);
    expect(warnings[0]).to.contain('redis_away').and.contain('ECONNREFUSED').and.not.contain('hunter2');
  });
});

const given = process.env.REDIS_URL;
(given === undefined ? describe.skip : describe)('rate limits in Redis (where REDIS_URL is set)', () => {
  const target = given ?? '';
  let wire: Wire;
  let events: string[];
  let connections: RedisConnection[];
  /** How often Redis was asked. */
  let asked: number;

  beforeEach(async () => {
    asked = 0;
    wire = await layWire(target);
    events = [];
    connections = [];
  });
  afterEach(async () => {
    for (const connection of connections) connection.close();
    await wire.cut();
  });

  async function open() {
    const connection = openRedisConnection({ url: wire.url, warn: (event) => events.push(event) });
    connections.push(connection);
    await until(() => connection.isReady);
    return makeRateLimiter(POLICIES, {
      ...connection,
      get isReady() {
        return connection.isReady;
      },
      eval: (script, options) => {
        asked += 1;
        return connection.eval(script, options);
      },
    });
  }

  /** Takes again and again, two at once, while `meanwhile` happens; answers the longest that one took. */
  async function underLoad(limiter: Awaited<ReturnType<typeof open>>, meanwhile: () => Promise<void>): Promise<number> {
    let goesOn = true;
    let longest = 0;
    const load = async (): Promise<void> => {
      while (goesOn) {
        const start = performance.now();
        await limiter.take('default', 'load');
        longest = Math.max(longest, performance.now() - start);
        await sleep(1);
      }
    };
    const running = [load(), load()];
    try {
      await meanwhile();
    } finally {
      goesOn = false;
      await Promise.all(running);
    }
    return longest;
  }

  it('are shared by all replicas', async () => {
    const [one, other] = [await open(), await open()];
    const key = aKey();
    for (let count = 0; count < 3; count += 1) await one.take('auth', key);
    expect((await other.take('auth', key)).remaining).to.equal(1);
    await one.giveBack('auth', key);
    const { allowed, remaining, resetMs } = await other.take('auth', key);
    expect({ allowed, remaining }).to.deep.equal({ allowed: true, remaining: 1 });
    expect(resetMs).to.be.within(50_000, 60_000);
    expect((await other.take('default', key)).remaining).to.equal(99_999);
  });

  it('let exactly the quota of 50 at once through', async () => {
    const [one, other] = [await open(), await open()];
    const key = aKey();
    const taken = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : other).take('auth', key)),
    );
    expect(taken.filter((allowance) => allowance.allowed)).to.have.lengthOf(5);
  });

  it('go on in memory while Redis is gone, and are shared again when it is back', async () => {
    const limiter = await open();
    const key = aKey();
    for (let count = 0; count < 6; count += 1) await limiter.take('auth', key);
    const longest = await underLoad(limiter, async () => {
      await until(() => asked > 20);
      await wire.cut();
      await until(() => events.includes('redis_away'));
      // The count of memory begins anew: that is the accuracy that it costs.
      expect((await limiter.take('auth', key)).remaining).to.equal(4);
      await wire.mend();
      await until(() => events.includes('redis_back'));
    });
    expect(longest).to.be.lessThan(BEARABLE);
    expect((await limiter.take('auth', key)).allowed).to.equal(false);
    expect(events).to.deep.equal(['redis_away', 'redis_back']);
  }).timeout(15_000);

  it('do not wait for a Redis that stands still', async () => {
    const limiter = await open();
    await underLoad(limiter, async () => {
      await until(() => asked > 0);
      wire.hold();
      const [before, start] = [asked, performance.now()];
      for (let count = 0; count < 100; count += 1) {
        expect((await limiter.take('default', `key ${count}`)).allowed).to.equal(true);
        await sleep(20);
      }
      // One request a second asks whether Redis is back, after the three that found it silent; all others do not even ask.
      expect(asked - before).to.be.at.most(3 + Math.ceil((performance.now() - start) / 1000));
      wire.release();
      await until(() => events.includes('redis_back'));
    });
    expect(events).to.deep.equal(['redis_away', 'redis_back']);
  }).timeout(15_000);

  it('survive a Redis that is emptied under load', async () => {
    const limiter = await open();
    const client = createClient({ url: `${target.replace(/\/\d*$/, '')}${TEST_DATABASE}` });
    await client.connect();
    const longest = await underLoad(limiter, async () => {
      for (let count = 0; count < 20; count += 1) {
        await client.flushDb();
        await sleep(20);
      }
    });
    client.destroy();
    expect(longest).to.be.lessThan(BEARABLE);
    expect(events).to.deep.equal([]);
  });
});
