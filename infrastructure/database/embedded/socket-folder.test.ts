import { expect } from 'chai';
import { chmodSync, lstatSync, mkdirSync, rmdirSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { unprivilegedAccount } from './postgres-account.ts';
import { makeSocketFolder, prepareSocketFolder } from './socket-folder.ts';

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

describe('where the path to the cluster is too long for a socket', () => {
  const { TMPDIR } = process.env;
  let parent: string;
  let base: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'foundry-'));
    base = join(parent, 'd'.repeat(120));
    mkdirSync(base);
  });

  afterEach(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await rm(parent, { recursive: true, force: true });
  });

  const prepare = (folder: string): string =>
    prepareSocketFolder({ base: folder, cluster: '', lockFile: '', startLog: '', account: null });

  it('the socket lies among the temporary files, wherever TMPDIR points', () => {
    const made = new Set<string>();
    for (const temporary of [parent, join(parent, 'missing'), '/proc', '/dev/null', base]) {
      process.env.TMPDIR = temporary;
      const folder = prepare(base);
      made.add(folder);
      expect(lstatSync(folder).mode & 0o777, temporary).to.equal(0o700);
      expect(`${folder}/.s.PGSQL.5432`.length, temporary).to.be.below(104);
    }
    expect([...made].map((folder) => folder.slice(0, folder.lastIndexOf('/')))).to.deep.equal([parent, '/tmp']);
    for (const folder of made) rmdirSync(folder);
  });

  it('else it lies beside the cluster, and a folder that somebody else made is refused', () => {
    expect(prepare(parent)).to.equal(join(parent, 'postgres.sock'));
    process.env.TMPDIR = parent;
    chmodSync(prepare(base), 0o755);
    expect(() => prepare(base)).to.throw(EmbeddedDatabaseError, /mode 0700/);
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
