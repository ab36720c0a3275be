import { expect } from 'chai';
import { chmodSync, existsSync, mkdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findClusterPlace, sharedFolder } from './cluster-place.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { isRoot } from './postgres-account.ts';
import { findPostgresPackage, makeLinks, preparePostgresBinaries, type PostgresPackage } from './postgres-binaries.ts';

const nobody = 65534;

describe('the binaries of PostgreSQL', () => {
  let parent: string;
  let source: PostgresPackage;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'foundry-'));
    chmodSync(parent, 0o755);
    const native = join(parent, 'package', 'native');
    for (const folder of ['bin', 'lib/postgresql', 'share/postgresql']) {
      mkdirSync(join(native, folder), { recursive: true });
    }
    writeFileSync(join(native, 'bin', 'postgres'), 'program', { mode: 0o755 });
    writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
    source = { native, version: `0.0.0-test-${process.pid}`, platform: 'test' };
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
    await rm(join(sharedFolder, `postgresql-${source.version}-test`), { recursive: true, force: true });
    // Goes if it is empty: then these tests made it.
    await rmdir(sharedFolder).catch(() => undefined);
  });

  it('are found for this platform, at major version 18', () => {
    const found = findPostgresPackage();
    expect(found.version).to.match(/^18\./);
    expect(existsSync(join(found.native, 'bin', 'pg_ctl'))).to.equal(true);
  });

  it('are missed with advice on platforms that have none', () => {
    for (const platform of ['win32', 'freebsd'] as const) {
      expect(() => findPostgresPackage(platform, 'x64')).to.throw(EmbeddedDatabaseError, /DATABASE_URL/);
    }
  });

  it('get the links that npm left out, once', async () => {
    const place = findClusterPlace(join(parent, 'data'));
    expect(await preparePostgresBinaries(source, place)).to.equal(source.native);
    expect(readlinkSync(join(source.native, 'lib', 'libpq.so.5'))).to.equal('libpq.so.5.18');
    expect(makeLinks(source.native)).to.equal(0);
  });

  it('are copied beside the cluster and linked there when the installation cannot be written', async () => {
    const base = join(parent, 'data');
    mkdirSync(base);
    chmodSync(join(source.native, 'lib'), 0o555);
    if (isRoot()) await chown(base, nobody, nobody);
    const place = { ...findClusterPlace(base), account: null };
    const native = await asOrdinaryUser(() => preparePostgresBinaries(source, place));
    const again = await asOrdinaryUser(() => preparePostgresBinaries(source, place));
    chmodSync(join(source.native, 'lib'), 0o755);
    expect(native).to.equal(join(base, `postgresql-${source.version}-test`, 'native'));
    expect(again).to.equal(native);
    expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).to.equal('libpq.so.5.18');
    expect(existsSync(join(source.native, 'lib', 'libpq.so.5'))).to.equal(false);
  });

  it('are copied to where the account of the database can run them, when root has them in private', async () => {
    const place = findClusterPlace(join(parent, 'data'));
    chmodSync(join(parent, 'package'), 0o700);
    chmodSync(join(source.native, 'bin', 'postgres'), 0o700);
    const found = await Promise.all(Array.from({ length: 4 }, () => preparePostgresBinaries(source, place)));
    if (!isRoot()) {
      expect(new Set(found)).to.deep.equal(new Set([source.native]));
      return;
    }
    const name = `postgresql-${source.version}-test`;
    const copy = join(sharedFolder, name, 'native');
    expect(new Set(found)).to.deep.equal(new Set([copy]));
    expect(statSync(join(copy, 'bin', 'postgres')).mode & 0o777).to.equal(0o755);
    expect(statSync(copy).mode & 0o777).to.equal(0o755);
    expect((await readdir(sharedFolder)).filter((entry) => entry.startsWith(`${name}.new`))).to.deep.equal([]);
  });

  it('are not run from a copy that others could have made', async () => {
    const base = join(parent, 'data');
    const copy = join(base, `postgresql-${source.version}-test`);
    mkdirSync(copy, { recursive: true });
    chmodSync(copy, 0o777);
    chmodSync(join(source.native, 'lib'), 0o555);
    if (isRoot()) await chown(copy, nobody, nobody);
    const place = { ...findClusterPlace(base), account: null };
    const attempt = async (): Promise<unknown> => {
      try {
        return await asOrdinaryUser(() => preparePostgresBinaries(source, place));
      } catch (error) {
        return error;
      }
    };
    expect(await attempt(), 'open to all').to.be.instanceOf(EmbeddedDatabaseError);
    chmodSync(copy, 0o755);
    expect(await attempt(), 'closed').to.equal(join(copy, 'native'));
    if (isRoot()) {
      await chown(copy, 54321, 54321);
      expect(await attempt(), 'of somebody else').to.be.instanceOf(EmbeddedDatabaseError);
    }
    chmodSync(join(source.native, 'lib'), 0o755);
  });
});

/** Root may write anywhere, so it steps down for the work. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (!isRoot()) return work();
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
