import { expect } from 'chai';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import { defaultDataFolder, keptSecret, makeDataFolder, readDataFolder } from './data-folder.ts';
import { makeSettingReader } from './setting-reader.ts';

const isRoot = process.getuid?.() === 0;

/** Asks for the folder in another process, and prints what that answers. */
const ASK = `import(${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)})
  .then(({ makeDataFolder }) => makeDataFolder(process.argv[1])).catch((error) => console.log(error.message))`;

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('the data folder', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'foundry-'));
    folder = join(parent, 'data', 'of anna');
  });

  afterEach(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  it('is the one for user data of this machine, by the name of the program', () => {
    expect(defaultDataFolder())
      .to.include(homedir())
      .and.match(/[/\\]lazy-foundry([/\\]|$)/i);
  });

  it('is named in full or from the home of its user, which no shell may have put in', () => {
    const read = (given: string): string => {
      const reader = makeSettingReader({ FOUNDRY_DATA_DIR: given });
      const found = readDataFolder(reader);
      reader.finish();
      return found;
    };
    expect(read('~')).to.equal(homedir());
    expect(read('~/my data')).to.equal(join(homedir(), 'my data'));
    expect(read('/srv/~x')).to.equal('/srv/~x');
    expect(read('data/~')).to.equal(join(process.cwd(), 'data', '~'));
    expect(read('')).to.equal(defaultDataFolder());
    for (const given of ['~anna', '~anna/data']) {
      expect(() => read(given), given).to.throw(ConfigError, /in full, not with "~anna"/);
    }
  });

  it('that cannot be made is told with the reason', async () => {
    await writeFile(join(parent, 'file'), '');
    await symlink('b', join(parent, 'a'));
    await symlink('a', join(parent, 'b'));
    const cases: [string, string][] = [
      [join(parent, 'file'), 'something else has that name'],
      [join(parent, 'file', 'x', 'y'), 'a part of its path is a file'],
      [join(parent, 'a', 'x'), 'lead in a circle'],
      [join(parent, 'x'.repeat(300), 'y'), 'too long'],
      ...(process.platform === 'linux'
        ? [['/proc/x/y', 'no folder can be made there'] satisfies [string, string]]
        : []),
    ];
    for (const [path, reason] of cases) {
      expect(String(await failureOf(makeDataFolder(path))), path)
        .to.include(reason)
        .and.include('FOUNDRY_DATA_DIR');
    }
  });

  it('is made with all above it, and closed to others', async () => {
    await makeDataFolder(folder);
    // As root the account that runs PostgreSQL must pass through.
    for (const made of [folder, join(parent, 'data')]) expect(await modeOf(made)).to.equal(isRoot ? 0o711 : 0o700);
  });

  it('stays as it is where it exists', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o750);
    await writeFile(join(folder, 'note'), 'keep me');
    await makeDataFolder(folder);
    expect([await modeOf(folder), await readFile(join(folder, 'note'), 'utf8')]).to.deep.equal([0o750, 'keep me']);
  });

  it('that cannot be made is a fault of the configuration, which names it and the setting', async () => {
    await writeFile(join(parent, 'file'), '');
    const fault = await failureOf(makeDataFolder(join(parent, 'file', 'data')));
    expect(fault).to.be.instanceOf(ConfigError);
    expect(String(fault))
      .to.include(join(parent, 'file', 'data'))
      .and.include('ENOTDIR')
      .and.include('Set FOUNDRY_DATA_DIR to a folder that you may write to.');
  });

  it('that may not be made is one too', async () => {
    // Root may write everywhere, but nobody makes a folder in a file.
    const forbidden = join(parent, 'locked', 'data');
    if (isRoot) await writeFile(join(parent, 'locked'), '');
    else await mkdir(join(parent, 'locked'), { mode: 0o500 });
    const fault = await failureOf(makeDataFolder(forbidden));
    expect(fault).to.be.instanceOf(ConfigError);
    expect(String(fault)).to.include(forbidden).and.include('FOUNDRY_DATA_DIR');
  });

  for (const mode of [0o777, 0o770, 0o702, 0o720, 0o1777]) {
    it(`that others may write is refused: ${mode.toString(8)}`, async () => {
      await mkdir(folder, { recursive: true });
      await chmod(folder, mode);
      const fault = await failureOf(makeDataFolder(folder));
      expect(fault).to.be.instanceOf(ConfigError);
      expect(String(fault)).to.include(`chmod go-w '${folder}'`);
      expect(await readdir(folder)).to.deep.equal([]);
    });
  }

  // Only root can give folders away.
  (isRoot ? it : () => undefined)("that is another user's is taken by root only", async () => {
    await mkdir(folder, { recursive: true });
    await chown(folder, 65_534, 65_534);
    await makeDataFolder(folder);
    await chown(folder, 65_533, 65_533);
    await chmod(parent, 0o755);
    const asNobody = spawnSync(process.execPath, ['-e', ASK, folder], { uid: 65_534, gid: 65_534, encoding: 'utf8' });
    expect(asNobody.stdout).to.include('or is another user');
  });

  describe('keeps a secret that', () => {
    beforeEach(() => makeDataFolder(folder));

    it('is 48 random bytes, another one for each folder', async () => {
      const secret = await keptSecret(folder);
      expect(secret).to.match(/^[A-Za-z0-9_-]{64}$/);
      await makeDataFolder(join(parent, 'other'));
      expect(await keptSecret(join(parent, 'other'))).not.to.equal(secret);
    });

    it('only its owner may read, whatever the umask', async () => {
      const before = process.umask(0o000);
      try {
        await keptSecret(folder);
      } finally {
        process.umask(before);
      }
      expect(await modeOf(join(folder, 'jwt-secret'))).to.equal(0o600);
    });

    it('is the same at every start, and nothing else is left behind', async () => {
      const secret = await keptSecret(folder);
      expect(await keptSecret(folder)).to.equal(secret);
      expect(await readdir(folder)).to.deep.equal(['jwt-secret']);
      expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).to.equal(`${secret}\n`);
    });

    it('is what somebody wrote there, without the line break', async () => {
      await writeFile(join(folder, 'jwt-secret'), '  written by hand, and long enough for it\r\n');
      expect(await keptSecret(folder)).to.equal('written by hand, and long enough for it');
    });

    it('is one and the same for 10 that ask at once', async () => {
      const secrets = await Promise.all(Array.from({ length: 10 }, () => keptSecret(folder)));
      expect(new Set(secrets).size).to.equal(1);
      expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).to.equal(`${secrets[0] ?? ''}\n`);
      expect(await readdir(folder)).to.deep.equal(['jwt-secret']);
    });

    it('is one and the same for 10 processes that ask at once, and for the next', async () => {
      const script = join(parent, 'ask.ts');
      const module = new URL('./data-folder.ts', import.meta.url).href;
      await writeFile(
        script,
        `import { keptSecret } from ${JSON.stringify(module)};
         process.once('message', async () => { process.send?.(await keptSecret(${JSON.stringify(folder)})); process.disconnect(); });
         process.send?.('here');`,
      );
      const children = Array.from({ length: 10 }, () => fork(script, { execArgv: [] }));
      try {
        await Promise.all(children.map((child) => once(child, 'message')));
        const answers = children.map(async (child): Promise<unknown[]> => once(child, 'message'));
        for (const child of children) child.send('go');
        const secrets = (await Promise.all(answers)).map(([secret]) => String(secret));
        expect(new Set(secrets).size).to.equal(1);
        expect(await keptSecret(folder)).to.equal(secrets[0]);
        expect(await readdir(folder)).to.deep.equal(['jwt-secret']);
      } finally {
        for (const child of children) child.kill('SIGKILL');
      }
    });

    for (const mode of [0o666, 0o602, 0o620]) {
      it(`is refused where others may have written it: ${mode.toString(8)}`, async () => {
        await keptSecret(folder);
        await chmod(join(folder, 'jwt-secret'), mode);
        const fault = await failureOf(keptSecret(folder));
        expect(fault).to.be.instanceOf(ConfigError);
        expect(String(fault)).to.include(join(folder, 'jwt-secret')).and.include('sign in as anybody');
      });
    }

    (isRoot ? it : () => undefined)("is refused where it is another user's", async () => {
      await keptSecret(folder);
      await chown(join(folder, 'jwt-secret'), 65_534, 65_534);
      expect(String(await failureOf(keptSecret(folder)))).to.include("another user's");
      // Root may work on the data of whoever has the folder.
      await chown(folder, 65_534, 65_534);
      await keptSecret(folder);
    });

    for (const short of ['', '\n', 'thirty-one bytes are not enough']) {
      it(`is refused, and not signed with, when it is too short: ${JSON.stringify(short)}`, async () => {
        await writeFile(join(folder, 'jwt-secret'), short);
        const fault = await failureOf(keptSecret(folder));
        expect(fault).to.be.instanceOf(ConfigError);
        expect(String(fault))
          .to.include(`${join(folder, 'jwt-secret')} has less than 32 bytes`)
          .and.include('Remove the file');
        expect(await readFile(join(folder, 'jwt-secret'), 'utf8')).to.equal(short);
      });
    }

    it('is never replaced by another when it cannot be read', async () => {
      // Root reads everything; a link that leads to itself nobody reads.
      await symlink(join(folder, 'jwt-secret'), join(folder, 'jwt-secret'));
      const fault = await failureOf(keptSecret(folder));
      expect(fault).to.be.instanceOf(ConfigError);
      expect(String(fault)).to.include(join(folder, 'jwt-secret'));
      expect(await readdir(folder)).to.deep.equal(['jwt-secret']);
    });

    it('cannot be kept in a folder that may not be written to, which is a fault of the configuration', async () => {
      const gone = join(parent, 'locked');
      if (isRoot) await writeFile(gone, '');
      else await mkdir(gone, { mode: 0o500 });
      const fault = await failureOf(keptSecret(gone));
      expect(fault).to.be.instanceOf(ConfigError);
      expect(String(fault)).to.include(gone).and.include('FOUNDRY_DATA_DIR');
    });
  });
});
