import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { CacheStore, Entry } from '../cache/cache-store.ts';

export interface Text {
  readonly text: string;
}

/** What every store of the cache does. `open` answers one with nothing in it that finds nothing for `longestMs` after a new beginning. */
export function cacheStoreContract(open: (longestMs: number) => Promise<CacheStore<Text>>): void {
  const LONGEST = 60;
  let store: CacheStore<Text>;
  let keys = 0;
  let key: string;
  beforeEach(async () => {
    store = await open(LONGEST);
    keys += 1;
    key = `a user /api/campaigns/${keys}?q=“é”&x=${process.pid} ${Date.now()}`;
  });
  const entry = (text: string): Entry<Text> => ({
    value: { text },
    tags: ['user:a', 'campaign:b'],
    versions: ['', 'v1'],
    at: 1_795_460_400_000,
  });

  it('finds what was kept, whole', async () => {
    const kept = entry('{"name":"“Ünder\\u2028” \u{1F409}"}');
    await store.set(key, kept, 5000);
    expect(await store.get(key)).to.deep.equal(kept);
  });

  it('finds nothing under another key', async () => {
    await store.set(key, entry('a'), 5000);
    expect(await store.get(`${key} `)).to.equal(null);
  });

  it('finds what was kept last', async () => {
    await store.set(key, entry('a'), 5000);
    await store.set(key, entry('b'), 5000);
    expect((await store.get(key))?.value.text).to.equal('b');
  });

  it('forgets it when its time is over', async () => {
    await store.set(key, entry('a'), 30);
    await sleep(60);
    expect(await store.get(key)).to.equal(null);
  });

  it('forgets it when it is told to', async () => {
    await store.set(key, entry('a'), 5000);
    await store.delete(key);
    await store.delete(key);
    expect(await store.get(key)).to.equal(null);
  });

  it('keeps nothing that is very large', async () => {
    await store.set(key, entry('x'.repeat(600_000)), 5000);
    expect(await store.get(key)).to.equal(null);
  });

  it('finds nothing that was kept before a new beginning, and keeps what comes after', async () => {
    await store.set(key, entry('a'), LONGEST);
    store.restart();
    expect(await store.get(key)).to.equal(null);
    await sleep(LONGEST + 20);
    expect(await store.get(key)).to.equal(null);
    await store.set(key, entry('b'), 5000);
    expect((await store.get(key))?.value.text).to.equal('b');
  });
}
