import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Text, cacheEntriesContract } from '../contracts/cache-entries.contract.ts';
import { type RedisConnection, openRedisConnection } from '../redis/redis-connection.ts';
import type { Entry } from './cache-entries.ts';
import { makeMemoryEntries } from './memory-entries.ts';
import { makeRedisEntries } from './redis-entries.ts';

const sizeOf = ({ text }: Text): number => text.length;
const entry = (text: string): Entry<Text> => ({ value: { text }, tags: [], versions: [], at: 0 });

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

const texts = { toJson: (value: Text): unknown => value, fromJson: (value: unknown) => (isText(value) ? value : null) };

describe('the cache in memory', () => {
  cacheEntriesContract(() => Promise.resolve(makeMemoryEntries(sizeOf)));

  it('takes no more bytes than it may, and gives up what was used least recently', async () => {
    const entries = makeMemoryEntries(sizeOf, { bytes: 1024 * 1024, entries: 1000 });
    for (let n = 0; n < 90; n += 1) await entries.set(`key ${n}`, entry('x'.repeat(10_000)), 60_000);
    expect(await entries.get('key 0')).not.to.equal(null);
    for (let n = 90; n < 130; n += 1) await entries.set(`key ${n}`, entry('x'.repeat(10_000)), 60_000);
    const found = await Promise.all(Array.from({ length: 130 }, (_, n) => entries.get(`key ${n}`)));
    expect(found.filter((each) => each !== null).length).to.be.within(80, 100);
    expect(found[0]).not.to.equal(null);
    expect(found.slice(1, 25).every((each) => each === null)).to.equal(true);
    expect(found.slice(60).every((each) => each !== null)).to.equal(true);
  });

  it('takes no more entries than it may, however small they are', async () => {
    const entries = makeMemoryEntries(sizeOf, { bytes: 1024 * 1024 * 1024, entries: 100 });
    for (let n = 0; n < 300; n += 1) await entries.set(`key ${n}`, entry('x'), 60_000);
    const found = await Promise.all(Array.from({ length: 300 }, (_, n) => entries.get(`key ${n}`)));
    expect(found.filter((each) => each !== null)).to.have.lengthOf(100);
  });
});

describe('the cache in a Redis that is not there', () => {
  let redis: RedisConnection;
  before(() => {
    redis = openRedisConnection({ url: 'redis://127.0.0.1:1', warn: () => undefined });
  });
  after(() => {
    redis.close();
  });

  it('finds nothing, keeps nothing and fails nobody', async () => {
    const entries = makeRedisEntries({ redis, ...texts, longestMs: 5000 });
    const begun = performance.now();
    for (let n = 0; n < 100; n += 1) {
      await entries.set('key', entry('a'), 5000);
      expect(await entries.get('key')).to.equal(null);
    }
    expect(performance.now() - begun).to.be.lessThan(1000);
  });
});

const url = process.env.REDIS_URL;
(url === undefined ? describe.skip : describe)('the cache in Redis (where REDIS_URL is set)', () => {
  let redis: RedisConnection;
  before(async () => {
    redis = openRedisConnection({ url: url ?? '', warn: () => undefined });
    for (let tries = 0; tries < 500 && !redis.isReady; tries += 1) await sleep(10);
  });
  after(() => {
    redis.close();
  });

  cacheEntriesContract((longestMs) => Promise.resolve(makeRedisEntries({ redis, ...texts, longestMs })));

  it('takes nothing for an entry that is none', async () => {
    const entries = makeRedisEntries({ redis, ...texts, longestMs: 5000 });
    const good = { value: { text: 'a' }, tags: ['user:a'], versions: [''], at: 1 };
    for (const [text, isGood] of [
      [JSON.stringify(good), true],
      [JSON.stringify({ ...good, value: { json: 'a' } }), false],
      [JSON.stringify({ ...good, tags: [1] }), false],
      [JSON.stringify({ ...good, versions: 'v' }), false],
      [JSON.stringify({ ...good, at: '1' }), false],
      ['null', false],
      ['[]', false],
      ['{', false],
    ] as const) {
      await redis.set(`lazy-foundry:cache:1:odd ${process.pid}`, text, 1000);
      expect((await entries.get(`odd ${process.pid}`)) !== null, text).to.equal(isGood);
    }
  });
});
