import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFoundry } from '../support/cli-process.ts';
import { runProgram, urlOf } from '../support/running-program.ts';
import { type Home, makeHome, until } from '../support/server-process.ts';
import { testCluster } from '../support/test-cluster.ts';
import { cacheFolder, runFolder } from '../support/test-run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/foundry.js', import.meta.url));

describe('the cause of a failure', function () {
  // Each test runs real processes, on a machine that may be busy.
  this.timeout(120_000);

  async function ended(
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<readonly [number | null, string]> {
    const { ended: end, output } = runProgram(args, env);
    return [await end, output()];
  }

  const url = async (): Promise<string> => urlOf(await (await testCluster()).migrated());

  describe('is HOST or PORT, and not the database', () => {
    for (const [why, env, words] of [
      ['a host that is not known', { HOST: 'nosuch.invalid', PORT: '0' }, 'nosuch.invalid to listen on is not known'],
      [
        'an address of another machine',
        { HOST: '203.0.113.7', PORT: '0' },
        '203.0.113.7 is no address of this machine',
      ],
      ['no address', { HOST: 'two words', PORT: '0' }, 'Correct HOST'],
    ] as const) {
      it(`for ${why}`, async () => {
        const [code, output] = await ended(['serve'], { ...env, DATABASE_URL: await url() });
        expect(code).to.equal(6);
        expect(output).to.contain(words).and.not.contain('DATABASE_URL');
      });
    }
  });

  describe('is the database, told with what was tried and without its password', () => {
    let silent: Server;
    let port: number;
    before(async () => {
      silent = createServer();
      await new Promise<void>((resolve) => {
        silent.listen(0, '127.0.0.1', resolve);
      });
      const address = silent.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    after(() => {
      silent.close();
    });

    it('at once, whatever does not answer', async () => {
      for (const [given, words] of [
        ['postgresql://me:Pa55word@127.0.0.1:9/x', '127.0.0.1:9, database x, cannot be reached: nothing listens'],
        ['postgresql://me:Pa55word@nosuch.invalid/x', 'nosuch.invalid:5432, database x, cannot be reached: no host'],
        [`postgresql://me:Pa55word@127.0.0.1:${port}/x`, `${port}, database x, cannot be reached: it did not answer`],
        ['postgresql://me:Pa55word@[::1]:9/x', '[::1]:9, database x'],
        ['postgresql:///x?host=/nowhere', '/nowhere/.s.PGSQL.5432, database x, cannot be reached: there is no such'],
      ] as const) {
        const [code, output] = await ended(['campaign', 'list', '--verbose'], { DATABASE_URL: given });
        expect([code, output.includes('Pa55word')], output).to.deep.equal([6, false]);
        expect(output)
          .to.match(/^error: PostgreSQL at /)
          .and.contain(words);
      }
    });

    it('by a server that waits for it, while it waits', async () => {
      const { child, ended: end, output } = runProgram(['serve'], { DATABASE_URL: 'postgresql://me@127.0.0.1:9/x' });
      await until(() => output().includes('"event":"database_awaited"'));
      expect(output()).to.contain('127.0.0.1:9, database x, cannot be reached: nothing listens there');
      child.kill('SIGKILL');
      await end;
    });
  });

  describe('is never a variable that speaks of another server', () => {
    let home: Home;
    before(async () => {
      home = await makeHome();
    });
    after(() => home.remove());

    it('where the database is the embedded one', async () => {
      const env = {
        ...{ PGHOST: 'nosuch.invalid', PGPORT: 'nonsense', PGUSER: 'x', PGDATABASE: 'y', PGSERVICE: 'z' },
        ...{ PGSSLMODE: 'verify-full', PGSSLNEGOTIATION: 'direct', PGOPTIONS: '-c nonsense=1' },
        ...{ PGREPLICATION: 'database', PGCLIENT_ENCODING: 'nonsense', PGBINARY: 'true', PGDATA: '/nowhere' },
      };
      const { exitCode, stdout, stderr } = await runFoundry(home, ['user', 'list', '--json'], { env });
      expect([exitCode, stdout], stderr).to.deep.equal([0, '[]\n']);
      await home.expectNoPostgres();
    });

    it('but is named where DATABASE_URL leaves something to it', async () => {
      const options = { DATABASE_URL: await url(), PGOPTIONS: '-c nonsense=1' };
      const [refused, why] = await ended(['user', 'list'], options);
      expect(refused).to.equal(6);
      expect(why).to.contain('PGOPTIONS of the environment counts as well').and.contain('"nonsense"');
    });
  });

  it('is the disk that standard output goes to', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const args of [['user', 'list', '--json'], ['--help'], ['--version']]) {
      const full = openSync('/dev/full', 'w');
      const env = {
        PATH: process.env.PATH,
        HOME: runFolder(),
        XDG_CACHE_HOME: cacheFolder(),
        DATABASE_URL: await url(),
      };
      const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', full, 'pipe'] });
      let told = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      closeSync(full);
      expect(code, args.join(' ')).to.equal(1);
      expect(told).to.contain('Standard output cannot be written to').and.contain('ENOSPC').and.not.contain('    at ');
    }
  });

  it('is the folder that one is in', async () => {
    const gone = await mkdtemp(join(runFolder(), 'gone-'));
    const script = `cd '${gone}' && rmdir '${gone}' && exec '${process.execPath}' '${PROGRAM}' user list`;
    const child = spawn('sh', ['-c', script], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).to.equal(1);
    expect(told).to.equal('The folder that you are in is gone. Go to another one, such as by: cd\n');
  });
});
