import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.ts';
import { loadEnvironment } from './environment.ts';

const isRoot = process.getuid?.() === 0;
/** Reads the folder's .env in another process, and prints what that is refused with. */
const ASK = `import(${JSON.stringify(new URL('./environment.ts', import.meta.url).href)})
  .then(({ loadEnvironment }) => loadEnvironment({}, process.argv[1])).catch((error) => console.log(error.message))`;

describe('the environment', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foundry-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is the environment of the process where there is no .env', async () => {
    expect(await loadEnvironment({ PORT: '8080' }, folder)).to.deep.equal({ PORT: '8080' });
  });

  it('is completed by .env, with its comments and quotes', async () => {
    await writeFile(
      join(folder, '.env'),
      '# The port\nPORT=4000\nexport HOST=0.0.0.0\nJWT_SECRET="with # and = and spaces"\nLOG_LEVEL=debug # loud\n\nEMPTY=\n',
    );
    expect(await loadEnvironment({ HOME: '/home/anna' }, folder)).to.deep.equal({
      HOME: '/home/anna',
      PORT: '4000',
      HOST: '0.0.0.0',
      JWT_SECRET: 'with # and = and spaces',
      LOG_LEVEL: 'debug',
      EMPTY: '',
    });
  });

  it('prevails over .env', async () => {
    await writeFile(join(folder, '.env'), 'PORT=4000\nHOST=0.0.0.0\n');
    expect(await loadEnvironment({ PORT: '8080', HOST: '' }, folder)).to.deep.equal({ PORT: '8080', HOST: '' });
  });

  describe('from a .env', () => {
    const SETTINGS = { PORT: '4000', HOST: 'h\u00f6st', JWT_SECRET: 'a#b' };
    const TEXT = `PORT=4000\nHOST=h\u00f6st\nJWT_SECRET='a#b'\n`;

    for (const [encoding, bytes] of [
      ['UTF-8 with its mark', Buffer.from(`\ufeff${TEXT}`)],
      ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
      ['UTF-16 in the other order', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
      ['UTF-8 with the line ends of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
      ['UTF-8 with the line ends of old Macs', Buffer.from(TEXT.replaceAll('\n', '\r'))],
      ['UTF-8 without a last line end', Buffer.from(TEXT.trimEnd())],
    ] as const) {
      it(`is read in ${encoding}`, async () => {
        await writeFile(join(folder, '.env'), bytes);
        expect(await loadEnvironment({}, folder)).to.deep.equal(SETTINGS);
      });
    }

    for (const text of [
      'A="x" # said\n\n  # more\n  B = two words # and more\nC=\nD=`it\'s "so"`\nE= # none\nexport F=\'a\nb\'\n',
      '',
      '\n\n#',
      'URL=postgresql://u:p%23@h/d?x=1&y="z"',
    ]) {
      it(`is read to its last line: ${JSON.stringify(text)}`, async () => {
        await writeFile(join(folder, '.env'), text);
        expect(await loadEnvironment({}, folder)).to.deep.equal(parseEnv(text));
      });
    }

    for (const [about, bytes, told] of [
      ['Latin-1', Buffer.from('HOST=h\u00f6st', 'latin1'), 'Save it as UTF-8'],
      ['UTF-16 without its mark', Buffer.from('HOST=x', 'utf16le'), 'Save it as UTF-8'],
      ['UTF-32', Buffer.from('\ufeff\0P\0O\0R\0T\0=\0', 'utf16le'), 'Save it as UTF-8'],
      ['NUL', Buffer.from('PORT=40\u000000'), 'Save it as UTF-8'],
      ['an archive', Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0xff]), 'Save it as UTF-8'],
      ['a colon', Buffer.from('# ports\n\nPORT: 4000\n'), 'line 3: Write NAME=value'],
      ['a word', Buffer.from('PORT=1\nJWT_SECRET\n'), 'line 2: Write NAME=value'],
      ['no name', Buffer.from('=secret'), 'line 1: Write NAME=value'],
      ['two values', Buffer.from('PORT=1\nA=1\nexport PORT=2'), 'line 3: PORT was set before'],
      ['a # within', Buffer.from('DATABASE_URL=postgresql://u:canary#x@h/d'), 'line 1: The value of DATABASE_URL'],
      ['a # at once', Buffer.from('JWT_SECRET=#canary'), 'line 1: The value of JWT_SECRET'],
      ['more behind a quote', Buffer.from('JWT_SECRET="canary" canary'), 'line 1: The value of JWT_SECRET'],
      ['an open quote', Buffer.from('A="x\ny"\nJWT_SECRET="canary\nPORT=1\n'), 'line 3: The value of JWT_SECRET'],
      ['too much', Buffer.alloc(1024 * 1024 + 1, '\n'), 'more than a megabyte'],
    ] as const) {
      it(`is refused, and not taken in part, with ${about}`, async () => {
        await writeFile(join(folder, '.env'), bytes);
        const message = await refusal();
        expect(message).to.contain(join(folder, '.env')).and.contain(told).and.not.contain('canary');
      });
    }

    it('is refused with all of its faults together', async () => {
      await writeFile(join(folder, '.env'), 'one\nA=1\ntwo\nA=2\n');
      expect(await refusal()).to.match(/line 1: .*\n.*line 3: .*\n.*line 4: A was set before/);
    });

    it('is refused where it cannot be read: a folder, a device, a link that leads nowhere or to itself', async () => {
      const path = join(folder, '.env');
      await mkdir(path);
      expect(await refusal()).to.contain('is no file');
      await rm(path, { recursive: true });
      for (const [to, told] of [
        ['/dev/zero', 'is no file'],
        [join(folder, 'nothing'), 'cannot be read (ENOENT)'],
        [path, 'cannot be read (ELOOP)'],
      ] as const) {
        await symlink(to, path);
        expect(await refusal()).to.contain(told);
        await rm(path);
      }
    });

    it('is refused where this user may not read it', async () => {
      await writeFile(join(folder, '.env'), 'PORT=1', { mode: 0 });
      await chmod(folder, 0o755);
      // Root reads everything, and so asks as somebody else.
      const { stdout } = spawnSync(process.execPath, ['-e', ASK, folder], {
        ...(isRoot && { uid: 65_534, gid: 65_534 }),
        encoding: 'utf8',
      });
      expect(stdout).to.contain('cannot be read (EACCES)');
    });

    it('is refused where all may write it, and read by way of a link', async () => {
      await writeFile(join(folder, 'shared'), 'PORT=4000');
      await symlink(join(folder, 'shared'), join(folder, '.env'));
      expect(await loadEnvironment({}, folder)).to.deep.equal({ PORT: '4000' });
      await chmod(join(folder, 'shared'), 0o646);
      expect(await refusal()).to.contain(`chmod go-w '${join(folder, '.env')}'`);
    });

    // Only root can give files away.
    (isRoot ? it : () => undefined)("is refused where it is another user's, in a folder that is not", async () => {
      await writeFile(join(folder, '.env'), 'PORT=4000');
      await chown(join(folder, '.env'), 65_534, 65_534);
      expect(await refusal()).to.contain('may be written by other users');
      await chown(folder, 65_534, 65_534);
      expect(await loadEnvironment({}, folder)).to.deep.equal({ PORT: '4000' });
    });

    const refusal = async (): Promise<string> => {
      const fault: unknown = await loadEnvironment({}, folder).catch((error: unknown) => error);
      expect(fault).to.be.instanceOf(ConfigError);
      return fault instanceof Error ? fault.message : '';
    };
  });

  it('is not changed: only what is returned has what .env says', async () => {
    await writeFile(join(folder, '.env'), 'FOUNDRY_TEST_ONLY=1\n');
    const env = {};
    await loadEnvironment(env, folder);
    expect(env).to.deep.equal({});
    expect(process.env.FOUNDRY_TEST_ONLY).to.equal(undefined);
  });
});
