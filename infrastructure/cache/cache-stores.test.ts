import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Text, cacheStoreContract } from '../contracts/cache-store.contract.ts';
import { type RedisStore, openRedisStore } from '../limits/redis-store.ts';
import type { Entry } from './cache-store.ts';
import { makeMemoryStore } from './memory-store.ts';
import { makeRedisStore } from './redis-store.ts';

const sizeOf = ({ text }: Text): number => text.length;
const entry = (text: string): Entry<Text> => ({ value: { text }, tags: [], versions: [], at: 0 });

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

const texts = { toJson: (value: Text): unknown => value, fromJson: (value: unknown) => (isText(value) ? value : null) };

describe('the cache in memory', () => {
  cacheStoreContract(() => Promise.resolve(makeMemoryStore(sizeOf)));

  it('takes no more bytes than it may, and gives up what was used least recently', async () => {
    const store = makeMemoryStore(sizeOf, { bytes: 1024 * 1024, entries: 1000 });
    for (let n = 0; n < 90; n += 1) await store.set(`key ${n}`, entry('x'.repeat(10_000)), 60_000);
    expect(await store.get('key 0')).not.to.equal(null);
    for (let n = 90; n < 130; n += 1) await store.set(`key ${n}`, entry('x'.repeat(10_000)), 60_000);
    const found = await Promise.all(Array.from({ length: 130 }, (_, n) => store.get(`key ${n}`)));
    expect(found.filter((each) => each !== null).length).to.be.within(80, 100);
    expect(found[0]).not.to.equal(null);
    expect(found.slice(1, 25).every((each) => each === null)).to.equal(true);
    expect(found.slice(60).every((each) => each !== null)).to.equal(true);
  });

  it('takes no more entries than it may, however small they are', async () => {
    const store = makeMemoryStore(sizeOf, { bytes: 1024 * 1024 * 1024, entries: 100 });
    for (let n = 0; n < 300; n += 1) await store.set(`key ${n}`, entry('x'), 60_000);
    const found = await Promise.all(Array.from({ length: 300 }, (_, n) => store.get(`key ${n}`)));
    expect(found.filter((each) => each !== null)).to.have.lengthOf(100);
  });
});

describe('the cache in a Redis that is not there', () => {
  let redis: RedisStore;
  before(() => {
    redis = openRedisStore({ url: 'redis://127.0.0.1:1', warn: () => undefined });
  });
  after(() => {
    redis.close();
  });

  it('finds nothing, keeps nothing and fails nobody', async () => {
    const store = makeRedisStore({ redis, ...texts, longestMs: 5000 });
    const begun = performance.now();
    for (let n = 0; n < 100; n += 1) {
      await store.set('key', entry('a'), 5000);
      expect(await store.get('key')).to.equal(null);
      await store.delete('key');
    }
    expect(performance.now() - begun).to.be.lessThan(1000);
  });
});

const url = process.env.REDIS_URL;
(url === undefined ? describe.skip : describe)('the cache in Redis (where REDIS_URL is set)', () => {
  let redis: RedisStore;
  before(async () => {
    redis = openRedisStore({ url: url ?? '', warn: () => undefined });
    for (let tries = 0; tries < 500 && !redis.isReady; tries += 1) await sleep(10);
  });
  after(() => {
    redis.close();
  });

  cacheStoreContract((longestMs) => Promise.resolve(makeRedisStore({ redis, ...texts, longestMs })));

  it('takes nothing for an entry that is none', async () => {
    const store = makeRedisStore({ redis, ...texts, longestMs: 5000 });
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
      expect((await store.get(`odd ${process.pid}`)) !== null, text).to.equal(isGood);
    }
  });
});
