import { expect } from 'chai';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { given } from './changes.ts';
import { expectPresent, expectRestorable } from './trash.ts';
import { expectVersion } from './version.ts';

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
