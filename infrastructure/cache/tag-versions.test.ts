import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { type TagVersions, makeTagVersions } from './tag-versions.ts';

const MEMORY = 10_000;
const [ONE, TWO, THREE] = ['00000000000a', '0000000000b0', '000000000c00'] as const;

describe('versions of tags', () => {
  let time: number;
  let versions: TagVersions;
  beforeEach(() => {
    time = 0;
    versions = makeTagVersions(MEMORY, () => time);
  });
  const taken = (...tags: string[]): readonly string[] => {
    const found = versions.since(versions.moment, tags);
    if (found === null) throw new Error(`${tags.join()} cannot be kept now.`);
    return found;
  };

  it('are good until one of the tags changes', () => {
    const before = taken('campaign:a', 'user:b');
    versions.add(ONE, ['campaign:c']);
    expect(versions.are(before, ['campaign:a', 'user:b'])).to.equal(true);
    versions.add(TWO, ['user:b']);
    expect(versions.are(before, ['campaign:a', 'user:b'])).to.equal(false);
    expect(versions.are(taken('campaign:a', 'user:b'), ['campaign:a', 'user:b'])).to.equal(true);
  });

  it('are the same to all who have heard of the same changes, in whatever order and however often', () => {
    const tags = ['user:a', 'campaign:b'];
    const changes = Array.from({ length: 50 }, () => randomBytes(6).toString('hex'));
    for (const change of changes) versions.add(change, tags);
    const orders = [
      changes.toReversed(),
      changes.toSorted(),
      [...changes, ...changes],
      [...changes.slice(9), ...changes],
    ];
    for (const order of orders) {
      const other = makeTagVersions(MEMORY, () => time);
      for (const change of order) other.add(change, tags);
      expect(other.are(taken(...tags), tags)).to.equal(true);
    }
  });

  it('are not the same to who has not heard of all of them', () => {
    const other = makeTagVersions(MEMORY, () => time);
    for (const change of [ONE, TWO, THREE]) versions.add(change, ['user:a']);
    for (const change of [THREE, ONE]) other.add(change, ['user:a']);
    expect(other.are(taken('user:a'), ['user:a'])).to.equal(false);
    other.add(TWO, ['user:a']);
    expect(other.are(taken('user:a'), ['user:a'])).to.equal(true);
  });

  it('do not come back, whatever changes', () => {
    const seen = new Set([taken('user:a').join()]);
    for (let n = 0; n < 1000; n += 1) {
      versions.add(randomBytes(6).toString('hex'), ['user:a']);
      time += 5;
      seen.add(taken('user:a').join());
    }
    expect(seen.size).to.equal(1001);
  });

  it('do not let in what began to be loaded before a change of a tag, and let in the rest', () => {
    const began = versions.moment;
    versions.add(ONE, ['user:a']);
    expect(versions.since(began, ['user:b'])).to.deep.equal(['']);
    expect(versions.since(began, ['user:b', 'user:a'])).to.equal(null);
    const later = versions.since(versions.moment, ['user:b', 'user:a']);
    expect([later?.length, later?.[0], later?.[1] === '']).to.deep.equal([2, '', false]);
  });

  it('let in what began to be loaded before the echo of a change that was known here already', () => {
    versions.add(ONE, ['user:a']);
    const began = versions.moment;
    versions.add(ONE, ['user:a']);
    expect(versions.since(began, ['user:a'])).to.deep.equal(taken('user:a'));
  });

  it('are forgotten when nothing can be of before the change any more, and what is still loading is not kept', () => {
    const began = versions.moment;
    versions.add(ONE, ['user:a']);
    time += MEMORY + 1;
    versions.add(TWO, ['user:b']);
    expect(versions.since(began, ['user:a'])).to.equal(null);
    expect(versions.since(began, ['user:c'])).to.equal(null);
    expect(taken('user:a')).to.deep.equal(['']);
    expect(taken('user:b')).not.to.deep.equal(['']);
  });

  it('are remembered from the last change on, and then of that alone, as by who began later', () => {
    const other = makeTagVersions(MEMORY, () => time);
    versions.add(ONE, ['user:a']);
    time += MEMORY - 1;
    for (const each of [versions, other]) each.add(TWO, ['user:a']);
    expect(other.are(taken('user:a'), ['user:a'])).to.equal(false);
    const began = versions.moment;
    time += MEMORY - 1;
    for (const each of [versions, other]) each.add(THREE, ['user:b']);
    expect(taken('user:a')).not.to.deep.equal(['']);
    expect(other.are(taken('user:a'), ['user:a'])).to.equal(true);
    expect(versions.since(began, ['user:a'])).to.deep.equal(taken('user:a'));
  });

  it("are nobody's before a new beginning", () => {
    const began = versions.moment;
    versions.restart();
    expect(versions.since(began, ['user:b'])).to.equal(null);
    expect(versions.since(versions.moment, ['user:a', 'user:b'])).not.to.equal(null);
  });
});
