import { expect } from 'chai';
import { type Readiness } from '../operations/health.ts';
import { type CliFixture, PASSWORD, makeCliFixture } from './cli-fixture.test.ts';
import { type HealthReport, type LocalMigrations, type ServeOptions } from './host.ts';

describe('foundry user', () => {
  let cli: CliFixture;
  const argv = ['user', 'create', 'Anna@example.org', '--username', 'anna'];

  beforeEach(() => {
    cli = makeCliFixture();
  });

  const stored = async (): Promise<string | undefined> =>
    (await cli.core.users.findByEmail('anna@example.org'))?.passwordHash;

  it('creates with a password from the environment or from standard input', async () => {
    const { code, out } = await cli.run([...argv, '--json'], { env: { FOUNDRY_PASSWORD: PASSWORD } });
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.have.all.keys('id', 'email', 'username', 'createdAt');
    expect(out).to.contain('"email": "anna@example.org"');
    expect(await stored()).to.contain(PASSWORD);
  });

  it('prefers the file, and takes off its last line break only', async () => {
    const surroundings = { env: { FOUNDRY_PASSWORD: 'Other-horse-8' }, input: ` ${PASSWORD} \n` };
    expect((await cli.run([...argv, '--password-file', '-'], surroundings)).code).to.equal(0);
    expect(await stored()).to.match(/\$ Correct-horse-9 $/);
  });

  it('asks twice on a terminal, and shows nothing of it', async () => {
    const { code, out, err } = await cli.run(argv, { terminal: true, typed: [PASSWORD, PASSWORD] });
    expect(code).to.equal(0);
    expect(err).to.contain('Password: ').and.contain('Again: ');
    expect(out + err).to.not.contain(PASSWORD);
    expect(await stored()).to.contain(PASSWORD);
  });

  it('takes both lines when they are pasted at once', async () => {
    expect(await cli.run(argv, { terminal: true, typed: [`${PASSWORD}\n${PASSWORD}`] })).to.include({ code: 0 });
  });

  it('refuses two different passwords, none, and a weak one', async () => {
    expect((await cli.run(argv, { terminal: true, typed: [PASSWORD, 'Other-horse-8'] })).code).to.equal(2);
    expect((await cli.run(argv, { terminal: true, typed: [] })).code).to.equal(2);
    const nobody = await cli.run(argv);
    expect(nobody.code).to.equal(2);
    expect(nobody.err).to.contain('--password-file');
    const weak = await cli.run(argv, { env: { FOUNDRY_PASSWORD: 'short' } });
    expect([weak.code, weak.err]).to.deep.equal([2, 'error: password must have 8 to 128 characters.\n']);
    expect(await stored()).to.equal(undefined);
  });

  it('names the options, and conflicts', async () => {
    const env = { FOUNDRY_PASSWORD: PASSWORD };
    expect((await cli.run(['user', 'create', 'a@example.org'], { env })).err).to.match(
      /^error: --username must be 3 to 32/,
    );
    expect((await cli.run(['user', 'create', 'nonsense', '--username', 'anna'], { env })).code).to.equal(2);
    await cli.newUser('anna@example.org');
    expect((await cli.run(argv, { env })).code).to.equal(5);
  });

  it('lists all, needing nobody to act as', async () => {
    for (let count = 0; count < 120; count += 1) await cli.newUser(`user${count}@example.org`);
    expect(await cli.json(['user', 'list'])).to.have.lengthOf(120);
    expect(await cli.json(['users', 'list', '--limit', '110'])).to.have.lengthOf(110);
    const { out } = await cli.run(['user', 'list', '--limit', '1']);
    expect(out).to.match(
      /^ID +E-MAIL +USERNAME +CREATED\n\S{8} {2}user0@example\.org {2}user-user0 {2}2026-11-23T20:00\+01:00\n$/,
    );
  });
});

describe('foundry migrate', () => {
  const applied = { name: '20260101000000-create-users', executedAt: new Date('2026-11-20T10:00:00Z') };
  const pending = { name: '20260102000000-create-campaigns', executedAt: null };

  function migrations(status: Awaited<ReturnType<LocalMigrations['status']>>) {
    const calls: string[] = [];
    const called =
      <T>(name: string, answer: T) =>
      (argument = ''): Promise<T> => {
        calls.push(`${name}${argument}`);
        return Promise.resolve(answer);
      };
    const local: LocalMigrations = {
      up: called('up', [pending.name]),
      down: called('down', [applied.name]),
      status: () => Promise.resolve(status),
      create: called('create ', 'migrations/20260103000000-add-npcs.ts'),
      close: called('close', undefined),
    };
    return { calls, host: { openMigrations: () => Promise.resolve(local) } };
  }

  it('applies, and closes', async () => {
    const { calls, host } = migrations([]);
    const { code, out } = await makeCliFixture().run(['migrate', 'up'], { host });
    expect([code, out]).to.deep.equal([0, `${pending.name}\n`]);
    expect(calls).to.deep.equal(['up', 'close']);
  });

  it('shows where the database stands', async () => {
    const { host } = migrations([applied, pending]);
    const { out, err } = await makeCliFixture().run(['migrate', 'status'], { host });
    expect(out.split('\n').slice(1)).to.deep.equal([
      '20260101000000-create-users      2026-11-20T11:00+01:00',
      '20260102000000-create-campaigns  pending',
      '',
    ]);
    expect(err).to.contain('foundry migrate up');
    expect(await makeCliFixture().json(['migrate', 'status'], { host })).to.deep.equal([
      { name: applied.name, executedAt: '2026-11-20T10:00:00.000Z' },
      { name: pending.name, executedAt: null },
    ]);
  });

  it('reverts only when it is sure', async () => {
    const { calls, host } = migrations([applied, pending]);
    const { run } = makeCliFixture();
    const refused = await run(['migrate', 'down'], { host });
    expect(refused.code).to.equal(2);
    expect(refused.err).to.contain(applied.name).and.contain('--yes');
    expect((await run(['migrate', 'down'], { host, terminal: true, typed: ['n'] })).code).to.equal(2);
    expect(calls).to.deep.equal(['close', 'close']);
    expect(await run(['migrate', 'down', '--yes'], { host })).to.include({ code: 0, out: `${applied.name}\n` });
    expect(calls).to.deep.equal(['close', 'close', 'down', 'close']);
  });

  it('has nothing to revert on an empty database', async () => {
    const { calls, host } = migrations([pending]);
    expect(await makeCliFixture().run(['migrate', 'down'], { host })).to.include({ code: 0, out: '' });
    expect(calls).to.deep.equal(['close']);
  });

  it('creates one of a good name', async () => {
    const { calls, host } = migrations([]);
    const { run } = makeCliFixture();
    expect(await run(['migrate', 'create', 'add-npcs'], { host })).to.include({
      code: 0,
      out: 'migrations/20260103000000-add-npcs.ts\n',
    });
    for (const name of ['../evil', 'Add-Npcs', 'npcs']) {
      expect((await run(['migrate', 'create', name], { host })).code, name).to.equal(2);
    }
    expect(calls).to.deep.equal(['create add-npcs', 'close']);
  });
});

describe('foundry health', () => {
  function report(readiness: Partial<Readiness> = {}): { host: { checkHealth: () => Promise<HealthReport> } } {
    const found: HealthReport = {
      readiness: {
        ...{ database: 'connected', migrations: 'current', cache: 'memory', open: true },
        at: new Date('2026-11-23T19:00:00Z'),
        ...readiness,
      },
      checks: [{ name: 'database', ok: readiness.database !== 'away', milliseconds: 12.4 }],
    };
    return { host: { checkHealth: () => Promise.resolve(found) } };
  }

  it('prints the checks with their times', async () => {
    const { code, out, err } = await makeCliFixture().run(['health'], report());
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    expect(out).to.equal('CHECK     STATE   TIME\ndatabase  ok     12 ms\n');
  });

  it('prints what the API answers', async () => {
    expect(await makeCliFixture().json(['health'], report())).to.deep.equal({
      status: 'ready',
      database: 'connected',
      migrations: 'current',
      cache: 'memory',
      timestamp: '2026-11-23T19:00:00.000Z',
    });
  });

  it('exits with 6 and says what to do when something is missing', async () => {
    const { run } = makeCliFixture();
    const pending = await run(['health', '--json'], report({ migrations: 'pending' }));
    expect(pending.code).to.equal(6);
    expect(pending.out).to.contain('"not ready"');
    expect(pending.err).to.contain('foundry migrate up');
    const away = await run(['health'], report({ database: 'away', migrations: 'unknown' }));
    expect(away.code).to.equal(6);
    expect(away.out).to.contain('failed');
    expect(away.err).to.contain('DATABASE_URL');
  });
});

describe('foundry serve', () => {
  it('serves with the options that were given', async () => {
    const given: ServeOptions[] = [];
    const host = {
      serve: (options: ServeOptions) => {
        given.push({ ...options });
        return Promise.resolve();
      },
    };
    const { run } = makeCliFixture();
    expect((await run(['serve'], { host })).code).to.equal(0);
    expect((await run(['serve', '--port', '8080', '--host', '0.0.0.0', '--migrate'], { host })).code).to.equal(0);
    expect((await run(['serve', '--port', '70000'], { host })).code).to.equal(2);
    expect(given).to.deep.equal([{}, { port: 8080, host: '0.0.0.0', migrate: true }]);
  });
});
