import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { CacheEntries, Entry } from '../cache/cache-entries.ts';

export interface Text {
  readonly text: string;
}

/** What every place of the cache's entries does. `open` answers one with nothing in it that finds nothing for `longestMs` after a new beginning. */
export function cacheEntriesContract(open: (longestMs: number) => Promise<CacheEntries<Text>>): void {
  const LONGEST = 60;
  let entries: CacheEntries<Text>;
  let keys = 0;
  let key: string;
  beforeEach(async () => {
    entries = await open(LONGEST);
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
    await entries.set(key, kept, 5000);
    expect(await entries.get(key)).to.deep.equal(kept);
  });

  it('finds nothing under another key', async () => {
    await entries.set(key, entry('a'), 5000);
    expect(await entries.get(`${key} `)).to.equal(null);
  });

  it('finds what was kept last', async () => {
    await entries.set(key, entry('a'), 5000);
    await entries.set(key, entry('b'), 5000);
    expect((await entries.get(key))?.value.text).to.equal('b');
  });

  it('forgets it when its time is over', async () => {
    await entries.set(key, entry('a'), 30);
    await sleep(60);
    expect(await entries.get(key)).to.equal(null);
  });

  it('keeps nothing that is very large', async () => {
    await entries.set(key, entry('x'.repeat(600_000)), 5000);
    expect(await entries.get(key)).to.equal(null);
  });

  it('finds nothing that was kept before a new beginning, and keeps what comes after', async () => {
    await entries.set(key, entry('a'), LONGEST);
    entries.restart();
    expect(await entries.get(key)).to.equal(null);
    await sleep(LONGEST + 20);
    expect(await entries.get(key)).to.equal(null);
    await entries.set(key, entry('b'), 5000);
    expect((await entries.get(key))?.value.text).to.equal('b');
  });
}
