import { expect } from 'chai';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { changed, given } from './changes.ts';
import { expectPresent, expectRestorable } from './trash.ts';
import { expectVersion, revised } from './version.ts';

const now = new Date('2027-02-03T04:05:06.789Z');
const DAYS_30 = 30 * 24 * 60 * 60 * 1000;

describe('a change', () => {
  it('is the new value where one is given, else the old one', () => {
    expect(given('new', 'old')).to.equal('new');
    expect(given(undefined, 'old')).to.equal('old');
  });

  it('may be null, nought, empty or false', () => {
    expect(given<string | null>(null, 'old')).to.equal(null);
    expect(given(0, 1)).to.equal(0);
    expect(given('', 'old')).to.equal('');
    expect(given<boolean>(false, true)).to.equal(false);
  });
});

describe('changes of a record', () => {
  const record = { text: 'a', none: null, list: ['x', 'y'], at: now, nested: { one: 1, two: null } };

  it('are those that are given, and no others', () => {
    expect(changed<object>(record, { text: 'b', list: [], more: 1 })).to.deep.equal({ ...record, text: 'b', list: [] });
    expect(changed(record, { text: undefined, nested: { one: 1, two: null }, none: null })).to.equal(record);
  });

  it('are none where the values are the same, in whatever order', () => {
    const same = { text: 'a', none: null, list: ['x', 'y'], at: new Date(now), nested: { two: null, one: 1 } };
    expect(changed(record, same)).to.equal(record);
  });

  for (const [what, change] of Object.entries<object>({
    'another order of a list': { list: ['y', 'x'] },
    'a longer list': { list: ['x', 'y', 'z'] },
    'another moment': { at: new Date(0) },
    'another value inside': { nested: { one: 1, two: 2 } },
    'a value more inside': { nested: { one: 1, two: null, three: 3 } },
    'another name inside': { nested: { one: 1, three: null } },
    'null for a record': { nested: null },
    'a value for null': { none: {} },
    'a record for a list': { list: { 0: 'x', 1: 'y' } },
    'null for a text': { text: null },
  })) {
    it(`are some: ${what}`, () => {
      expect(changed<object>(record, change)).to.deep.equal({ ...record, ...change });
    });
  }
});

describe('a thing that is changed', () => {
  const thing = { name: 'a', list: ['x'], updatedAt: new Date(0), version: 4 };

  it('counts that as its next version, and when', () => {
    expect(revised(thing, { name: 'b' }, now)).to.deep.equal({ ...thing, name: 'b', updatedAt: now, version: 5 });
  });

  it('is the very same where that changes nothing', () => {
    for (const nothing of [{}, { name: undefined }, { name: 'a', list: ['x'] }]) {
      expect(revised(thing, nothing, now)).to.equal(thing);
    }
  });
});

describe('an expected version', () => {
  it('is the one that the thing has', async () => {
    expectVersion({ version: 2 }, [2]);
    expect(
      await codeOf(() => {
        expectVersion({ version: 2 }, [1]);
      }),
    ).to.equal('version_conflict');
    expect(
      await codeOf(() => {
        expectVersion({ version: 2 }, [3]);
      }),
    ).to.equal('version_conflict');
  });

  it('is one of several', async () => {
    expectVersion({ version: 2 }, [1, 2]);
    expect(
      await codeOf(() => {
        expectVersion({ version: 2 }, [1, 3]);
      }),
    ).to.equal('version_conflict');
  });

  it('is any when none is named, and none when an empty list is', async () => {
    expectVersion({ version: 2 }, null);
    expect(
      await codeOf(() => {
        expectVersion({ version: 2 }, []);
      }),
    ).to.equal('version_conflict');
  });
});

describe('the trash', () => {
  it('holds what was deleted', async () => {
    const present = { deletedAt: null };

    expect(expectPresent(present)).to.equal(present);
    expect(await codeOf(() => expectPresent({ deletedAt: now }))).to.equal('not_found');
    expect(await codeOf(() => expectPresent(null))).to.equal('not_found');
  });

  it('gives back what was deleted 30 days ago, and nothing older', async () => {
    const last = { deletedAt: new Date(now.getTime() - DAYS_30) };
    const older = { deletedAt: new Date(now.getTime() - DAYS_30 - 1) };

    expect(expectRestorable(last, now)).to.equal(last);
    expect(await codeOf(() => expectRestorable(older, now))).to.equal('not_found');
  });

  it('gives back what was not deleted, and not what never was', async () => {
    const present = { deletedAt: null };

    expect(expectRestorable(present, now)).to.equal(present);
    expect(await codeOf(() => expectRestorable(null, now))).to.equal('not_found');
  });
});
