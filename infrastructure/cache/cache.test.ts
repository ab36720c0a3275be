import { expect } from 'chai';
import { type FixedClock, makeFixedClock } from '../memory/fixed-clock.ts';
import type { CacheEntries } from './cache-entries.ts';
import { makeCache } from './cache.ts';
import { makeMemoryEntries } from './memory-entries.ts';
import { type TagVersions, makeTagVersions } from './tag-versions.ts';

const LONGEST = 5000;
const TAGS = ['user:a', 'campaign:b'];

interface Text {
  readonly text: string;
}

describe('the cache', () => {
  let clock: FixedClock;
  let versions: TagVersions;
  let entries: CacheEntries<Text>;
  let fresh: boolean;
  let cache: ReturnType<typeof makeCache<Text>>;
  let loads: number;
  beforeEach(() => {
    clock = makeFixedClock(new Date('2026-11-23T19:00:00.000Z'));
    versions = makeTagVersions(2 * LONGEST);
    entries = makeMemoryEntries(({ text }: Text) => text.length);
    fresh = true;
    loads = 0;
    cache = makeCache({ entries, versions, isFresh: () => fresh, clock, longestMs: LONGEST });
  });
  const load = (tags: readonly string[] | null = TAGS) => {
    loads += 1;
    return Promise.resolve({ value: { text: `load ${loads}` }, tags });
  };
  const ask = async (): Promise<string> => (await cache.wrap('key', LONGEST, () => load())).text;
  /** A load that ends when it is told to. */
  const slowly = async () => {
    const gate = Promise.withResolvers<null>();
    const begun = Promise.withResolvers<null>();
    const text = cache.wrap('key', LONGEST, async () => {
      const loaded = await load();
      begun.resolve(null);
      await gate.promise;
      return loaded;
    });
    const end = async (): Promise<string> => {
      gate.resolve(null);
      return (await text).text;
    };
    await begun.promise;
    return { end };
  };

  it('loads once, and then answers what it kept', async () => {
    for (let n = 0; n < 3; n += 1) expect(await ask()).to.equal('load 1');
    expect((await cache.wrap('other', LONGEST, () => load())).text).to.equal('load 2');
  });

  it('loads anew when one of the tags has changed, and not when another has', async () => {
    await ask();
    versions.add('0000000000a1', ['campaign:c']);
    expect(await ask()).to.equal('load 1');
    versions.add('0000000000a2', ['campaign:b']);
    expect(await ask()).to.equal('load 2');
    expect(await ask()).to.equal('load 2');
  });

  it('keeps nothing that is not to be kept', async () => {
    await cache.wrap('key', LONGEST, () => load(null));
    expect(await ask()).to.equal('load 2');
  });

  it('keeps nothing that failed, and asks again', async () => {
    const failure = await cache
      .wrap('key', LONGEST, () => Promise.reject(new Error('gone')))
      .catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'gone');
    expect(await ask()).to.equal('load 1');
  });

  it('lets those who ask at once wait for one load', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, ask));
    expect(new Set(texts)).to.deep.equal(new Set(['load 1']));
  });

  it('lets all of them fail with the one load', async () => {
    const fail = () =>
      cache.wrap('key', LONGEST, async () => {
        await load();
        throw new Error('gone');
      });
    const results = await Promise.allSettled([fail(), fail(), fail()]);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected']);
    expect(loads).to.equal(1);
  });

  it('lets nobody who asks after a change have what began to be loaded before it, whatever changed', async () => {
    const first = await slowly();
    versions.add('0000000000a1', ['campaign:of somebody else']);
    expect(await ask()).to.equal('load 2');
    expect(await first.end()).to.equal('load 1');
  });

  it('does not keep what began to be loaded before one of its tags changed, and answers it all the same', async () => {
    const first = await slowly();
    versions.add('0000000000a1', ['user:a']);
    expect(await first.end()).to.equal('load 1');
    expect(await ask()).to.equal('load 2');
  });

  it('does not find what changes while the entries are asked', async () => {
    await ask();
    const slow: CacheEntries<Text> = {
      ...entries,
      get: async (key) => {
        const found = await entries.get(key);
        versions.add('0000000000a1', ['user:a']);
        return found;
      },
    };
    const other = makeCache({ entries: slow, versions, isFresh: () => fresh, clock, longestMs: LONGEST });
    expect((await other.wrap('key', LONGEST, () => load())).text).to.equal('load 2');
  });

  it('neither answers nor keeps nor shares anything while it may not have heard of changes', async () => {
    await ask();
    fresh = false;
    expect(await Promise.all([ask(), ask()])).to.deep.equal(['load 2', 'load 3']);
    fresh = true;
    expect(await ask()).to.equal('load 1');
  });

  it('does not keep what was loaded across a time in which it may not have heard of changes', async () => {
    const first = await slowly();
    versions.restart();
    expect(await first.end()).to.equal('load 1');
    expect(await ask()).to.equal('load 2');
  });

  it('forgets what is as old as anything may get, by the clock that tells when a sign-in expires', async () => {
    await ask();
    clock.advance(LONGEST - 1);
    expect(await ask()).to.equal('load 1');
    clock.advance(1);
    expect(await ask()).to.equal('load 2');
  });
});
