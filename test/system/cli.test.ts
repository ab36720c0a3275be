import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectDone, foundryJson, runFoundry } from '../support/cli-process.ts';
import type { JsonObject } from '../support/contract.ts';
import { type Home, type ServerProcess, callApi, makeHome, startServer } from '../support/server-process.ts';

const PASSWORD = 'Quiet-harbour-7';
const EMAIL = 'gm@example.org';
const OTHER_EMAIL = 'berta@example.org';
const UNKNOWN_ID = '0198a000-0000-7000-8000-00000000dead';

describe('the foundry command', function () {
  // Every test runs several processes, on a machine that may be busy.
  this.timeout(120_000);

  let home: Home;

  beforeEach(async () => {
    home = await makeHome();
  });

  afterEach(() => home.remove());

  describe('without a database', () => {
    afterEach(() => {
      expect(existsSync(home.dataFolder), 'the data folder was made').to.equal(false);
    });

    it('tells its version', async () => {
      const { version } = asObject(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')));
      for (const option of ['--version', '-V']) {
        expect(await runFoundry(home, [option])).to.deep.equal({
          stdout: `${String(version)}\n`,
          stderr: '',
          exitCode: 0,
        });
      }
    });

    it('tells on stdout what commands there are, and of each what it takes, with an example', async () => {
      const { stdout, stderr, exitCode } = await runFoundry(home, ['--help']);
      expect([stderr, exitCode]).to.deep.equal(['', 0]);
      for (const noun of ['campaign', 'session', 'user', 'serve', 'migrate', 'health', 'demo']) {
        expect(stdout).to.match(new RegExp(`^ +${noun}`, 'm'));
      }
      const schedule = await runFoundry(home, ['session', 'schedule', '--help']);
      expect([schedule.stderr, schedule.exitCode]).to.deep.equal(['', 0]);
      expect(schedule.stdout)
        .to.include('--at')
        .and.include('--tz')
        .and.match(/\$ foundry session schedule --title/);
    });

    it('refuses what it does not know, on stderr, with exit code 2', async () => {
      for (const [args, word] of [
        [['campain', 'list'], 'campain'],
        [['campaign', 'lst'], 'lst'],
        [['campaign', 'list', '--colour'], '--colour'],
        [['session', 'show'], 'session'],
      ] as const) {
        const { stdout, stderr, exitCode } = await runFoundry(home, args);
        expect([stdout, exitCode], args.join(' ')).to.deep.equal(['', 2]);
        expect(stderr)
          .to.match(/^error: /)
          .and.include(word);
      }
    });

    it('refuses an impossible configuration with exit code 2', async () => {
      const { stdout, stderr, exitCode } = await runFoundry(home, ['campaign', 'list'], { env: { LOG_LEVEL: 'loud' } });
      expect([stdout, exitCode]).to.deep.equal(['', 2]);
      expect(stderr).to.include('LOG_LEVEL must be one of');
    });

    it('refuses a .env that it cannot read to its last line with exit code 2', async () => {
      await writeFile(join(home.folder, '.env'), '\ufeffPORT: 3002\n', 'utf16le');
      const { stdout, stderr, exitCode } = await runFoundry(home, ['campaign', 'list']);
      expect([stdout, exitCode]).to.deep.equal(['', 2]);
      expect(stderr).to.match(/^error: .*\.env, line 1: Write NAME=value/);
    });
  });

  it('says what to do when there is no user, and is not permitted anything', async () => {
    const { stdout, stderr, exitCode } = await runFoundry(home, ['campaign', 'list']);
    // cli.md: 4 is "not signed in"; 2 is for a choice between users.
    expect([stdout, exitCode]).to.deep.equal(['', 4]);
    expect(stderr).to.include('There is no user yet').and.include('foundry user create');
    await home.expectNoPostgres();
  });

  it('creates users whose passwords are in a file or come from standard input, and shows those nowhere', async () => {
    const server = await startServer(home);
    const file = join(home.folder, 'password.txt');
    await writeFile(file, `${PASSWORD}\n`);
    const first = await runFoundry(home, ['user', 'create', EMAIL, '--username', 'gm-1', '--password-file', file]);
    expect(first.exitCode, first.stderr).to.equal(0);
    expect(first.stdout).to.include(EMAIL);
    const args = ['user', 'create', OTHER_EMAIL, '--username', 'berta', '--password-file', '-', '--json'];
    const second = await runFoundry(home, args, { input: PASSWORD });
    expect(asObject(JSON.parse(second.stdout))).to.include({ email: OTHER_EMAIL, username: 'berta' });
    expect([first, second].flatMap(({ stdout, stderr }) => [stdout, stderr]).join('')).not.to.match(
      new RegExp(`${PASSWORD}|argon2`),
    );
    for (const email of [EMAIL, OTHER_EMAIL]) {
      const { status } = await callApi(`${server.url}/api/auth/login`, 'POST', { body: { email, password: PASSWORD } });
      expect(status, email).to.equal(200);
    }

    const unclear = await runFoundry(home, ['campaign', 'list']);
    expect([unclear.stdout, unclear.exitCode]).to.deep.equal(['', 2]);
    expect(unclear.stderr).to.include(EMAIL).and.include(OTHER_EMAIL).and.include('--as');
    const hers = await foundryJson(home, ['campaign', 'create', '--name', 'Hers', '--as', OTHER_EMAIL]);
    expect(await foundryJson(home, ['campaigns', 'list'], { env: { FOUNDRY_USER: OTHER_EMAIL } })).to.deep.equal([
      hers,
    ]);
    expect(await foundryJson(home, ['campaign', 'list', '--as', EMAIL])).to.deep.equal([]);
    expect(await server.stop()).to.equal(0);
  });

  describe('beside a running server', () => {
    let shared: Home;
    let server: ServerProcess;

    before(async () => {
      shared = await makeHome();
      server = await startServer(shared);
      const args = ['user', 'create', EMAIL, '--username', 'gm-1', '--password-file', '-'];
      await expectDone(shared, args, { input: PASSWORD });
    });

    after(async () => {
      expect(await server.stop()).to.equal(0);
      await shared.expectNoPostgres();
      await shared.remove();
    });

    /** Answers its id. */
    async function newCampaign(name = 'A campaign'): Promise<string> {
      return (await expectDone(shared, ['campaign', 'create', '--name', name, '--quiet'])).stdout.trim();
    }

    it('prints with --json exactly what the API answers for the same', async () => {
      const login = await callApi(`${server.url}/api/auth/login`, 'POST', {
        body: { email: EMAIL, password: PASSWORD },
      });
      const token = String(login.body.token);
      const ask = async (path: string): Promise<unknown> => {
        const { text } = await callApi(`${server.url}${path}`, 'GET', { token });
        return JSON.parse(text);
      };

      const details = ['--system', 'D&D 5e', '--players', '5', '--level', '3', '--description', '# Salt\n\n*and* sand'];
      const created = asObject(
        await foundryJson(shared, ['campaign', 'create', '--name', 'The Salt Road', ...details]),
      );
      const id = String(created.id);
      expect(created).to.deep.equal(await ask(`/api/campaigns/${id}`));
      expect(created).to.include({
        name: 'The Salt Road',
        system: 'D&D 5e',
        playerCount: 5,
        partyLevel: 3,
        role: 'owner',
      });
      await foundryJson(shared, ['campaign', 'create', '--name', 'Another']);
      expect(await foundryJson(shared, ['campaign', 'list'])).to.deep.equal(await ask('/api/campaigns'));
      for (const reference of [id, id.slice(-8), 'The Salt Road']) {
        expect(await foundryJson(shared, ['campaign', 'show', reference]), reference).to.deep.equal(created);
      }
      expect(await foundryJson(shared, ['campaign', 'summary', id])).to.deep.equal(
        await ask(`/api/campaigns/${id}/summary`),
      );

      const planned = asObject(await foundryJson(shared, ['session', 'schedule', '--title', 'One', '-c', id]));
      const session = `/api/sessions/${String(planned.id)}`;
      expect(planned).to.deep.equal(await ask(session));
      expect(await foundryJson(shared, ['session', 'list', '-c', id])).to.deep.equal(
        await ask(`/api/campaigns/${id}/sessions`),
      );
      expect(await foundryJson(shared, ['session', 'show', 'The Salt Road#1'])).to.deep.equal(await ask(session));
      const finalized = asObject(
        await foundryJson(shared, ['session', 'finalize', '1', '-c', id, '--summary', 'Done.']),
      );
      expect(await ask(session)).to.deep.equal(without(finalized, 'results'));
      expect(await ask(`${session}/results`)).to.deep.equal(finalized.results);
      expect(await foundryJson(shared, ['session', 'results', '1', '-c', id])).to.deep.equal(finalized.results);
      expect(without(await foundryJson(shared, ['health']), 'timestamp')).to.deep.equal(
        without(await ask('/health/ready'), 'timestamp'),
      );
    });

    it('schedules a session at a local time in its zone, and knows the next one', async () => {
      const c = ['-c', await newCampaign()];
      const berlin = ['--at', '2099-12-05 19:00', '--tz', 'Europe/Berlin', '--duration', '240'];
      expect(
        await foundryJson(shared, ['session', 'schedule', '--title', 'In winter', ...berlin, ...c]),
      ).to.deep.include({
        sessionNumber: 1,
        title: 'In winter',
        scheduledDate: '2099-12-05T18:00:00.000Z',
        timeZone: 'Europe/Berlin',
        durationMinutes: 240,
        status: 'planned',
      });
      const newYork = ['--at', '2099-06-05 19:00', '--tz', 'America/New_York'];
      const sooner = await foundryJson(shared, ['session', 'schedule', '--title', 'In summer', ...newYork, ...c]);
      expect(sooner).to.deep.include({ sessionNumber: 2, scheduledDate: '2099-06-05T23:00:00.000Z' });
      expect(await foundryJson(shared, ['session', 'next', ...c])).to.deep.equal(sooner);
      const { stdout } = await expectDone(shared, ['session', 'next', '--no-color', ...c], {
        env: { TZ: 'America/New_York' },
      });
      expect(stdout).to.include('#2 In summer').and.include('19:00').and.not.include('\u001b');
    });

    it('takes a session through its life: start, finalize, cancel, reschedule', async () => {
      const c = ['-c', await newCampaign()];
      for (const title of ['One', 'Two']) await expectDone(shared, ['session', 'schedule', '--title', title, ...c]);
      expect(await foundryJson(shared, ['session', 'start', '1', ...c])).to.include({
        status: 'in_progress',
        title: 'One',
      });
      expect(await foundryJson(shared, ['session', 'next', ...c])).to.include({ title: 'One' });
      const results = [
        '--summary',
        'The mill is dry.',
        '--xp',
        '450',
        '--thread',
        'Who opened it?',
        '--mood',
        'dramatic',
      ];
      const finalized = asObject(await foundryJson(shared, ['session', 'finalize', '1', ...results, ...c]));
      expect(finalized.status).to.equal('completed');
      expect(finalized.results).to.deep.include({
        summary: 'The mill is dry.',
        xpAwarded: 450,
        unfinishedThreads: ['Who opened it?'],
        mood: 'dramatic',
      });

      expect(await foundryJson(shared, ['session', 'cancel', '2', '--reason', 'All are ill', ...c])).to.include({
        status: 'cancelled',
        cancelledReason: 'All are ill',
      });
      const later = ['--at', '2099-12-12 19:00', '--tz', 'Europe/Berlin'];
      expect(await foundryJson(shared, ['session', 'reschedule', '2', ...later, ...c])).to.include({
        status: 'planned',
        cancelledReason: null,
        scheduledDate: '2099-12-12T18:00:00.000Z',
      });
      expect(await foundryJson(shared, ['session', 'next', ...c])).to.include({ title: 'Two' });
    });

    it('ends with 2 for invalid input, 3 for what is not there and 5 for a conflict, and says what is wrong', async () => {
      const campaign = 'The Last Light';
      const c = ['-c', await newCampaign(campaign)];
      await expectDone(shared, ['session', 'schedule', '--title', 'One', '--number', '7', ...c]);
      await expectDone(shared, ['session', 'cancel', '7', ...c]);
      for (const [code, args, words] of [
        [2, ['campaign', 'create', '--name', ''], '--name'],
        [2, ['campaign', 'update', campaign, '--players', '99'], '--players'],
        [2, ['session', 'schedule', '--title', 'x', '--at', 'some day', ...c], '--at'],
        [
          2,
          ['session', 'schedule', '--title', 'x', '--at', '2099-12-05 19:00', '--tz', 'Mars/Olympus', ...c],
          'Mars/Olympus',
          ...c,
        ],
        [2, ['campaign', 'delete', campaign], '--yes'],
        [2, ['user', 'create', 'x@example.org', '--username', 'x-1'], '--password-file'],
        [3, ['campaign', 'show', 'Nowhere'], 'Nowhere'],
        [3, ['campaign', 'show', UNKNOWN_ID], 'nothing'],
        [3, ['session', 'show', '99', ...c], '99'],
        [3, ['session', 'next', ...c], 'Nothing is planned'],
        [5, ['session', 'start', '7', ...c], 'cancelled'],
        [5, ['session', 'schedule', '--title', 'x', '--number', '7', ...c], 'number'],
        [5, ['user', 'create', EMAIL, '--username', 'gm-2', '--password-file', '-'], 'e-mail'],
      ] as const) {
        const { stdout, stderr, exitCode } = await runFoundry(shared, args, { input: PASSWORD });
        expect([exitCode, stdout], `${args.join(' ')}: ${stderr}`).to.deep.equal([code, '']);
        expect(stderr, args.join(' '))
          .to.match(/^error: [^\n]+\n$/)
          .and.include(words);
      }
    });
  });

  it('says that a database elsewhere cannot be reached, with exit code 6, and does not tell its password', async () => {
    const env = { DATABASE_URL: 'postgresql://anna:Pa55word@127.0.0.1:9/foundry' };
    // At once, since each tries again for seconds.
    const commands = [['campaign', 'list'], ['health'], ['campaign', 'list', '--verbose']];
    const results = await Promise.all(commands.map((args) => runFoundry(home, args, { env })));
    for (const [index, { stderr, exitCode }] of results.entries()) {
      expect(exitCode, commands[index]?.join(' ')).to.equal(6);
      expect(stderr).to.include('DATABASE_URL').and.not.include('Pa55word');
    }
    expect(existsSync(home.cluster)).to.equal(false);
  });

  it('needs no order between two processes that are the first on an empty data folder', async () => {
    const results = await Promise.all([1, 2].map(() => runFoundry(home, ['user', 'list', '--json'])));
    const stderr = 'No user. Create one: foundry user create EMAIL --username NAME\n';
    expect(results).to.deep.equal([1, 2].map(() => ({ stdout: '[]\n', stderr, exitCode: 0 })));
    await home.expectNoPostgres();
  });

  it('makes one user of five that five processes create at once under one name', async () => {
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((number) =>
        runFoundry(
          home,
          ['user', 'create', `gm-${number}@example.org`, '--username', 'the-gm', '--password-file', '-', '--quiet'],
          { input: PASSWORD },
        ),
      ),
    );
    const codes = results.map(({ exitCode }) => exitCode).sort();
    expect(codes, JSON.stringify(results)).to.deep.equal([0, 5, 5, 5, 5]);
    expect(await foundryJson(home, ['user', 'list'])).to.have.length(1);
    await home.expectNoPostgres();
  });

  it('finds itself healthy on a database of its own, and leaves none of it running', async () => {
    await expectDone(home, ['migrate', 'up']);
    const { stdout, exitCode } = await runFoundry(home, ['health']);
    expect(exitCode).to.equal(0);
    for (const check of ['database', 'migrations', 'cache']) {
      expect(stdout).to.match(new RegExp(`${check} +ok +\\d+ ms`));
    }
    await home.expectNoPostgres();
  });

  it('tells which migrations were applied', async () => {
    const before = await foundryJson(home, ['migrate', 'status']);
    expect(await foundryJson(home, ['migrate', 'up'])).to.deep.equal(names(before));
    expect(await foundryJson(home, ['migrate', 'up'])).to.deep.equal([]);
    const after = await foundryJson(home, ['migrate', 'status']);
    expect(names(after)).to.deep.equal(names(before)).and.not.deep.equal([]);
    expect(times(before).every((time) => time === null)).to.equal(true);
    expect(times(after).every((time) => typeof time === 'string')).to.equal(true);
    await home.expectNoPostgres();
  });
});

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`This should be an object: ${JSON.stringify(value)}`);
  return value;
}

function without(value: unknown, name: string): JsonObject {
  return Object.fromEntries(Object.entries(asObject(value)).filter(([key]) => key !== name));
}

function names(migrations: unknown): readonly unknown[] {
  return Array.isArray(migrations) ? migrations.map((each) => asObject(each).name) : [];
}

function times(migrations: unknown): readonly unknown[] {
  return Array.isArray(migrations) ? migrations.map((each) => asObject(each).executedAt) : [];
}
