import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { DomainError } from '../../core/shared/errors.ts';
import { asOutput, makeCliFixture } from './cli-fixture.test.ts';

const VERBS = {
  campaign: ['create', 'list', 'show', 'update', 'delete', 'restore', 'summary'],
  session: [
    ...['schedule', 'list', 'show', 'next', 'update', 'start', 'finalize', 'cancel', 'reschedule', 'delete', 'restore'],
  ],
  user: ['create', 'list'],
  migrate: ['up', 'down', 'status', 'create'],
};

describe('foundry', () => {
  it('names every command in its first help', async () => {
    const { code, out } = await makeCliFixture().run(['--help']);
    expect(code).to.equal(0);
    for (const [noun, verbs] of Object.entries(VERBS)) {
      const line = out
        .replace(/\n {10,}/g, ' ')
        .split('\n')
        .find((each) => each.startsWith(`  ${noun} `));
      for (const verb of verbs) expect(line, noun).to.match(new RegExp(`\\b${verb}\\b`));
    }
    for (const name of ['serve', 'health', 'demo']) expect(out).to.match(new RegExp(`^  ${name} `, 'm'));
    expect(out).to.contain('Examples:');
  });

  it('shows an example in the help of every command', async () => {
    const { run } = makeCliFixture();
    const commands = [
      ...Object.entries(VERBS).flatMap(([noun, verbs]) => verbs.map((verb) => [noun, verb])),
      ['serve'],
      ['health'],
      ['demo'],
    ];
    for (const command of commands) {
      const { code, out } = await run([...command, '--help']);
      expect(code).to.equal(0);
      expect(out).to.match(new RegExp(`Examples?:\\n  \\$ foundry ${command.join(' ')}`));
      expect(out, 'global options').to.contain('--json').and.contain('--as <email>');
    }
  });

  it('is helpful without arguments and without a verb', async () => {
    const { run } = makeCliFixture();
    const bare = await run([]);
    expect([bare.code, bare.out]).to.deep.equal([2, '']);
    expect(bare.err).to.contain('Usage: foundry').and.contain('session');
    const noun = await run(['session']);
    expect(noun.code).to.equal(2);
    expect(noun.err).to.contain('schedule');
  });

  it('suggests the nearest command, and refuses what it does not know', async () => {
    const { run, counts } = makeCliFixture();
    expect(await run(['campain', 'list'])).to.include({ code: 2, out: '' });
    expect((await run(['campain', 'list'])).err).to.match(/unknown command 'campain'\n\(Did you mean campaign\?\)/);
    expect((await run(['session', 'lst'])).err).to.match(/Did you mean list\?/);
    expect((await run(['session', 'list', '--stats', 'planned'])).err).to.match(/Did you mean --status\?/);
    expect(await run(['session', 'list', '--status', 'lost'])).to.include({ code: 2 });
    expect(await run(['session', 'show'])).to.include({ code: 2 });
    expect((await run(['session', 'show'])).err).to.match(
      /missing required argument.*\nSee: foundry session show --help/,
    );
    expect(counts.opened).to.equal(0);
  });

  it('knows its version', async () => {
    expect(await makeCliFixture().run(['--version'])).to.deep.equal({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('takes plurals, and global options before and after the verb', async () => {
    const { run, newCampaign } = makeCliFixture();
    const id = await newCampaign('The Salt Road');
    for (const argv of [
      ['--quiet', 'campaigns', 'list'],
      ['campaign', '--quiet', 'list'],
      ['campaign', 'list', '-q', '--as', 'gm@example.org'],
      ['--as', 'gm@example.org', 'campaign', 'list', '-q'],
    ]) {
      expect(await run(argv), argv.join(' ')).to.deep.equal({ code: 0, out: `${id}\n`, err: '' });
    }
    expect(await run(['campaign', 'list', '--quiet', '--json'])).to.include({ code: 2, out: '' });
  });

  it('takes options from the environment, and those that were typed first', async () => {
    const { run, newCampaign, newSession } = makeCliFixture();
    await newCampaign('Other');
    const id = await newSession(await newCampaign('The Salt Road'), 'The Mill');
    const env = { FOUNDRY_CAMPAIGN: 'The Salt Road', FOUNDRY_QUIET: '1', FOUNDRY_LIMIT: '1' };
    expect(await run(['session', 'list'], { env })).to.deep.equal({ code: 0, out: `${id}\n`, err: '' });
    expect(await run(['session', 'list', '--campaign', 'Other'], { env })).to.include({ out: '' });
    expect((await run(['session', 'list'], { env: { ...env, FOUNDRY_QUIET: 'false' } })).out).to.contain('The Mill');
    const wrong = await run(['session', 'list'], { env: { ...env, FOUNDRY_LIMIT: 'x' } });
    expect(wrong).to.include({ code: 2, err: 'error: FOUNDRY_LIMIT: It must be a whole number.\n' });
  });

  describe('the acting user', () => {
    it('is the only one there is', async () => {
      const { run, newUser } = makeCliFixture();
      await newUser('anna@example.org');
      expect(await run(['campaign', 'list'])).to.include({ code: 0 });
    });

    it('has to be created first', async () => {
      const { code, err } = await makeCliFixture().run(['campaign', 'list']);
      expect(code).to.equal(4);
      expect(err).to.contain('foundry user create');
    });

    it('has to be named among several, by --as before FOUNDRY_USER', async () => {
      const { run, newUser } = makeCliFixture();
      await newUser('anna@example.org');
      await newUser('ben@example.org');
      const unclear = await run(['campaign', 'list']);
      expect(unclear.code).to.equal(2);
      expect(unclear.err).to.contain('--as EMAIL').and.contain('anna@example.org, ben@example.org');
      await run(['campaign', 'create', '--name', "Anna's", '--as', ' ANNA@example.org']);
      const env = { FOUNDRY_USER: 'anna@example.org' };
      expect((await run(['campaign', 'list'], { env })).out).to.contain("Anna's");
      expect((await run(['campaign', 'list', '--as', 'ben@example.org'], { env })).out).to.equal('');
      const nobody = await run(['campaign', 'list', '--as', 'carl@example.org']);
      expect(nobody.code).to.equal(3);
      expect(nobody.err).to.contain('carl@example.org').and.contain('anna@example.org');
    });
  });

  describe('output', () => {
    it('is coloured on a terminal only, and not against NO_COLOR or --no-color', async () => {
      const { run, newCampaign } = makeCliFixture();
      await newCampaign('The Salt Road');
      const coloured = (await run(['campaign', 'list'], { terminal: true })).out;
      expect(coloured).to.contain('\u001b[');
      for (const [argv, env] of [
        [['--no-color'], {}],
        [[], { NO_COLOR: '1' }],
        [[], { TERM: 'dumb' }],
      ] as const) {
        expect((await run(['campaign', 'list', ...argv], { terminal: true, env })).out).to.not.contain('\u001b');
      }
      expect((await run(['campaign', 'list'])).out).to.not.contain('\u001b');
    });

    it('is cut to the terminal, and never in a pipe', async () => {
      const { run, newCampaign } = makeCliFixture();
      const name = `A name ${'that is long '.repeat(12)}indeed`;
      await newCampaign(name);
      const env = { NO_COLOR: '1' };
      const { out } = await run(['campaign', 'list'], { terminal: true, env });
      expect(out).to.contain('…');
      for (const line of out.split('\n')) expect(line.length).to.be.at.most(80);
      expect((await run(['campaign', 'list'])).out).to.contain(name);
    });

    it('ends quietly when nobody reads on', async () => {
      const { run, newCampaign, counts } = makeCliFixture();
      await newCampaign('The Salt Road');
      const closed = Object.assign(new PassThrough(), { isTTY: false });
      closed._write = (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      };
      const { code, err } = await run(['campaign', 'list'], { host: { stdout: asOutput(closed) } });
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(counts.closed).to.equal(counts.opened);
    });

    it('fails when it cannot be written for another reason', async () => {
      const { run, newCampaign } = makeCliFixture();
      await newCampaign('The Salt Road');
      const full = Object.assign(new PassThrough(), { isTTY: false });
      full._write = (_chunk, _encoding, done) => {
        done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
      };
      expect((await run(['campaign', 'list'], { host: { stdout: asOutput(full) } })).code).to.equal(1);
    });
  });

  describe('errors', () => {
    it('are one line on stderr, and nothing on stdout', async () => {
      const { run, newCampaign } = makeCliFixture();
      await newCampaign('The Salt Road');
      const { code, out, err } = await run(['campaign', 'update', '--players', '99', '--name', '']);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.match(/^error: --name must not be empty; --players must be 20 or less\.\n$/);
    });

    it('close what was opened', async () => {
      const { run, newCampaign, counts } = makeCliFixture();
      await newCampaign('The Salt Road');
      await run(['campaign', 'show', 'Nowhere']);
      expect(counts.opened).to.be.greaterThan(0);
      expect(counts.closed).to.equal(counts.opened);
    });

    it('tell the cause with --verbose only', async () => {
      const open = (): Promise<never> =>
        Promise.reject(new Error('it broke \u001b[2J', { cause: new Error('the deeper reason') }));
      const { run } = makeCliFixture();
      const short = await run(['campaign', 'list'], { host: { open } });
      expect(short.code).to.equal(1);
      expect(short.err).to.contain('--verbose').and.not.contain('it broke');
      const long = await run(['campaign', 'list', '--verbose'], { host: { open } });
      expect(long.err).to.contain('it broke').and.contain('the deeper reason').and.not.contain('\u001b');
    });

    it('have the exit code of their kind', async () => {
      const { run } = makeCliFixture();
      const failing = (error: Error) => ({ host: { open: () => Promise.reject(error) } });
      const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      expect((await run(['campaign', 'list'], failing(refused))).code).to.equal(6);
      expect((await run(['campaign', 'list'], failing(new DomainError('forbidden', 'No.')))).code).to.equal(4);
    });

    it('are told when closing fails', async () => {
      const { run, core } = makeCliFixture();
      await core.createUser({ email: 'x@example.org', username: 'xxx', password: 'Correct-horse-9' });
      const queries = {
        findMe: () => never(),
        find: () => never(),
        findByEmail: () => never(),
        findByIdEnding: () => never(),
        list: () => never(),
      };
      const never = (): Promise<never> => Promise.reject(new DomainError('forbidden', 'first'));
      const { code, err } = await run(['user', 'list'], {
        host: {
          open: () =>
            Promise.resolve({
              endpoints: [],
              rehearse: never,
              users: { create: never, suspend: never, activate: never, resetPassword: never, queries },
              close: () => Promise.reject(new DomainError('unavailable', 'second')),
            }),
        },
      });
      expect(err).to.equal('error: first\nerror: second\n');
      expect(code).to.equal(4);
    });
  });
});
