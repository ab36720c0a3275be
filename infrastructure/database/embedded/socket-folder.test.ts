import { expect } from 'chai';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { unprivilegedAccount } from './postgres-account.ts';
import { makeSocketFolder } from './socket-folder.ts';

describe('the folder of the socket', () => {
  let parent: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'foundry-'));
  });

  afterEach(() => rm(parent, { recursive: true, force: true }));

  it('is made once, and found again', () => {
    makeSocketFolder(join(parent, 'socket'), null);
    makeSocketFolder(join(parent, 'socket'), null);
  });

  it('is refused when it is open to others, a link, or owned by somebody else', () => {
    mkdirSync(join(parent, 'open'));
    chmodSync(join(parent, 'open'), 0o755);
    mkdirSync(join(parent, 'fine'), { mode: 0o700 });
    symlinkSync(join(parent, 'fine'), join(parent, 'link'));
    for (const name of ['open', 'link']) {
      expect(() => {
        makeSocketFolder(join(parent, name), null);
      }, name).to.throw(EmbeddedDatabaseError, /mode 0700/);
    }
    expect(() => {
      makeSocketFolder(join(parent, 'fine'), { name: 'other', uid: 54321, gid: 54321 });
    }).to.throw(EmbeddedDatabaseError, /uid 54321/);
  });
});

describe('the account of the database', () => {
  it('is postgres where there is one, else nobody, and never root', () => {
    const nobody = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n';
    expect(unprivilegedAccount(`${nobody}postgres:x:101:104::/:/bin/sh\n`)).to.deep.equal({
      name: 'postgres',
      uid: 101,
      gid: 104,
    });
    expect(unprivilegedAccount(nobody)).to.deep.equal({ name: 'nobody', uid: 65534, gid: 65533 });
    expect(() => unprivilegedAccount('root:x:0:0::/root:/bin/sh\n')).to.throw(EmbeddedDatabaseError, /DATABASE_URL/);
  });
});
