import { expect } from 'chai';
import { type TagVersions, makeTagVersions } from './tag-versions.ts';

const MEMORY = 10_000;

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
    versions.set(['campaign:c'], 'v1');
    expect(versions.are(before, ['campaign:a', 'user:b'])).to.equal(true);
    versions.set(['user:b'], 'v2');
    expect(versions.are(before, ['campaign:a', 'user:b'])).to.equal(false);
    expect(versions.are(taken('campaign:a', 'user:b'), ['campaign:a', 'user:b'])).to.equal(true);
  });

  it('are the same to all who have heard the same', () => {
    const other = makeTagVersions(MEMORY, () => time);
    for (const version of ['v1', 'v2', 'v1 again']) {
      versions.set(['user:a'], version);
      other.set(['user:a'], version);
      expect(other.are(taken('user:a'), ['user:a'])).to.equal(true);
    }
  });

  it('do not let in what began to be loaded before a change of a tag, and let in the rest', () => {
    const began = versions.moment;
    versions.set(['user:a'], 'v1');
    expect(versions.since(began, ['user:b'])).to.deep.equal(['']);
    expect(versions.since(began, ['user:b', 'user:a'])).to.equal(null);
    expect(versions.since(versions.moment, ['user:b', 'user:a'])).to.deep.equal(['', 'v1']);
  });

  it('of what is changed here are no good until the others know, whatever is heard meanwhile', () => {
    const before = taken('user:a');
    versions.hold(['user:a'], 'mine');
    versions.set(['user:a'], '');
    expect(versions.are(before, ['user:a'])).to.equal(false);
    expect(versions.since(versions.moment, ['user:a'])).to.equal(null);
    versions.release(['user:a'], 'another of mine');
    expect(versions.since(versions.moment, ['user:a'])).to.equal(null);
    versions.set(['user:a'], 'v1');
    versions.release(['user:a'], 'mine');
    expect(taken('user:a')).to.deep.equal(['v1']);
  });

  it('of what is changed here twice are no good until the others know of the second time', () => {
    versions.hold(['user:a'], 'first');
    versions.hold(['user:a'], 'second');
    versions.release(['user:a'], 'first');
    expect(versions.since(versions.moment, ['user:a'])).to.equal(null);
    versions.release(['user:a'], 'second');
    expect(versions.since(versions.moment, ['user:a'])).not.to.equal(null);
  });

  it('are another after a change of which nobody is told', () => {
    const before = taken('user:a');
    versions.hold(['user:a'], 'mine');
    versions.release(['user:a'], 'mine');
    expect(versions.are(before, ['user:a'])).to.equal(false);
  });

  it('are forgotten when nothing can be of before the change any more, and what is still loading is not kept', () => {
    const began = versions.moment;
    versions.set(['user:a'], 'v1');
    time += MEMORY + 1;
    versions.set(['user:b'], 'v2');
    expect(versions.since(began, ['user:a'])).to.equal(null);
    expect(versions.since(began, ['user:c'])).to.equal(null);
    expect(taken('user:a', 'user:b')).to.deep.equal(['', 'v2']);
  });

  it('are remembered from the last change on', () => {
    versions.set(['user:a'], 'v1');
    time += MEMORY - 1;
    versions.set(['user:a'], 'v2');
    time += MEMORY - 1;
    versions.set(['user:b'], 'v3');
    expect(taken('user:a')).to.deep.equal(['v2']);
  });

  it("are nobody's before a new beginning", () => {
    versions.hold(['user:a'], 'mine');
    const began = versions.moment;
    versions.restart();
    expect(versions.since(began, ['user:b'])).to.equal(null);
    expect(versions.since(versions.moment, ['user:a', 'user:b'])).not.to.equal(null);
  });
});
