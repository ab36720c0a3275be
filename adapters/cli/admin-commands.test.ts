import { expect } from 'chai';
import type { Readiness } from '../../core/shared/readiness.ts';
import { type CliFixture, PASSWORD, makeCliFixture } from './cli-fixture.test.ts';
import type { HealthReport, LocalMigrations, ServeOptions } from './host.ts';

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
    expect(JSON.parse(out)).to.have.all.keys('id', 'email', 'username', 'status', 'createdAt');
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
      /^error: --username must be 2 to 32/,
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
      /^ID +E-MAIL +USERNAME +STATUS +CREATED\n\S{8} {2}user0@example\.org {2}user-user0 {2}active {2}2026-11-23T20:00\+01:00\n$/,
    );
  });
});

describe('foundry user, of those there are', () => {
  let cli: CliFixture;
  let id: string;

  beforeEach(async () => {
    cli = makeCliFixture();
    await cli.newUser('berta@example.org');
    id = await cli.newUser('anna@example.org');
  });

  const logsIn = (password: string): Promise<boolean> =>
    cli.core.logIn({ email: 'anna@example.org', password, userAgent: null, address: null }).then(
      () => true,
      () => false,
    );
  const statusOf = async (email: string): Promise<string | undefined> =>
    (await cli.core.users.findByEmail(email))?.status;

  it('suspends one by e-mail address, by id or by the end of that, and shows so in the list', async () => {
    for (const reference of ['Anna@Example.org', id, id.toUpperCase(), id.slice(-8)]) {
      expect(await cli.json(['user', 'suspend', reference]), reference).to.include({ id, status: 'suspended' });
      expect(await statusOf('anna@example.org')).to.equal('suspended');
      expect(await statusOf('berta@example.org')).to.equal('active');
      expect(await cli.json(['user', 'activate', reference]), reference).to.include({ id, status: 'active' });
    }
    const { out, err } = await cli.run(['user', 'suspend', 'anna@example.org']);
    expect(out)
      .to.match(/^user-anna\n/)
      .and.match(/^status +suspended$/m);
    expect(err).to.contain(`foundry user activate ${id}`);
    expect((await cli.run(['user', 'list'])).out).to.match(/anna@example\.org +user-anna +suspended /);
  });

  it('keeps a suspended user out until the user is activated', async () => {
    await cli.run(['user', 'suspend', 'anna@example.org']);
    expect(await logsIn(PASSWORD)).to.equal(false);
    expect(await cli.run(['user', 'activate', 'anna@example.org', '--quiet'])).to.deep.equal({
      code: 0,
      out: `${id}\n`,
      err: '',
    });
    expect(await logsIn(PASSWORD)).to.equal(true);
  });

  it('resets a password from a file, and never shows it', async () => {
    const argv = ['user', 'reset-password', 'anna@example.org', '--password-file', '-'];
    const { code, out, err } = await cli.run(argv, { input: 'Other-horse-8\n' });
    expect([code, out + err]).to.deep.equal([0, (out + err).replace('Other-horse-8', '')]);
    expect([await logsIn('Other-horse-8'), await logsIn(PASSWORD)]).to.deep.equal([true, false]);
  });

  it('resets no password to a weak one', async () => {
    const { code, err } = await cli.run(['user', 'reset-password', id], { env: { FOUNDRY_PASSWORD: 'short' } });
    expect([code, err]).to.deep.equal([2, 'error: password must have 8 to 128 characters.\n']);
    expect(await logsIn(PASSWORD)).to.equal(true);
  });

  it('says so where there is no such user', async () => {
    for (const verb of ['suspend', 'activate', 'reset-password']) {
      for (const nobody of ['carla@example.org', 'ffffffff', id.replace('7', 'f'), 'nonsense', '']) {
        const { code, err } = await cli.run(['user', verb, nobody], { env: { FOUNDRY_PASSWORD: 'Other-horse-8' } });
        expect(code, `${verb} ${nobody}`).to.equal(3);
        expect(err).to.contain('foundry user list');
      }
    }
    expect(await statusOf('anna@example.org')).to.equal('active');
  });

  it('asks which one where an ending fits two', async () => {
    const end = id.slice(-4);
    // The fixture counts its ids: on to the one before the next that ends alike.
    while (Number(cli.core.ids.next().slice(-4)) !== Number(end) - 1);
    await cli.newUser('carla@example.org');
    const { code, err } = await cli.run(['user', 'suspend', end]);
    expect(code).to.equal(2);
    expect(err).to.contain('anna@example.org').and.contain('carla@example.org');
    expect(await statusOf('anna@example.org')).to.equal('active');
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
      down: async (approve) => {
        await approve({
          name: applied.name,
          losses: [
            { kind: 'table', table: 'npcs', column: null, count: 12 },
            { kind: 'column', table: 'users', column: 'status', count: 3 },
            { kind: 'rows', table: 'campaigns', column: null, count: 1 },
          ],
        });
        return called('down', [applied.name])();
      },
      status: () => Promise.resolve(status),
      create: called('create ', 'migrations/20260103000000-add-npcs.ts'),
      close: called('close', undefined),
    };
    return { calls, local, host: { openMigrations: () => Promise.resolve(local) } };
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
    expect(refused.err.split('\n').slice(0, 4)).to.deep.equal([
      'What is lost:',
      '  the table npcs, with all in it (rows: 12)',
      '  the column status of users (values: 3)',
      '  what rows of campaigns said (changed or deleted: 1)',
    ]);
    expect((await run(['migrate', 'down'], { host, terminal: true, typed: ['n'] })).code).to.equal(2);
    expect(calls).to.deep.equal(['close', 'close']);
    expect(await run(['migrate', 'down', '--yes'], { host })).to.include({ code: 0, out: `${applied.name}\n` });
    expect(calls).to.deep.equal(['close', 'close', 'down', 'close']);
  });

  it('has nothing to revert on an empty database', async () => {
    const { calls, local } = migrations([pending]);
    const host = { openMigrations: () => Promise.resolve({ ...local, down: () => Promise.resolve([]) }) };
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
