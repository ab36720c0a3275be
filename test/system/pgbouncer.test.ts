import { expect } from 'chai';
import type { LogFields } from '../../core/shared/logger.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { readConfig } from '../../infrastructure/config/config.ts';
import { type Application, openApplication } from '../../infrastructure/container/application.ts';
import type { ConnectionTarget, Database } from '../../infrastructure/database/database.ts';
import { migrationNames } from '../../infrastructure/database/migrations-folder.ts';
import { ask } from '../support/ask.ts';
import { pgBouncerRelease, startPgBouncer } from '../support/pgbouncer.ts';
import { type RealServer, startRealServer } from '../support/real-server.ts';
import { openTestDatabase, testCluster } from '../support/test-cluster.ts';

const release = pgBouncerRelease();
/** The first to keep prepared statements apart. */
const isGood = release !== null && release >= 21;

/** Behind the installed PgBouncer, or the one that PGBOUNCER names: an old one is refused, a newer one works. */
(release === null ? describe.skip : describe)(`behind PgBouncer 1.${String(release)}`, function () {
  this.timeout(60_000);

  let target: ConnectionTarget;
  let direct: Database;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    target = await (await testCluster()).migrated();
    direct = await openTestDatabase(target);
    closing.push(() => direct.close());
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const through = async (settings?: Readonly<Record<string, string | number>>): Promise<{ url: string }> => {
    const pooler = await startPgBouncer(target, settings);
    closing.push(() => pooler.stop());
    return { url: pooler.url };
  };
  const warnings: { readonly event: string; readonly fields: LogFields | undefined }[] = [];
  const open = async (
    { url }: { readonly url: string },
    env: Readonly<Record<string, string>> = {},
  ): Promise<Application> => {
    warnings.length = 0;
    const silent = (): void => undefined;
    const config = readConfig({ DATABASE_URL: url, JWT_SECRET: 'x'.repeat(32), DB_POOL_MIN: '0', ...env }, 'serve');
    const warn = (event: string, fields?: LogFields): void => {
      warnings.push({ event, fields });
    };
    const application = await openApplication({
      config,
      logger: { error: silent, warn, info: silent, debug: silent },
      name: 'tests',
      version: '0.0.0',
    });
    closing.push(() => application.close());
    return application;
  };
  const refusalOf = async (opening: Promise<unknown>): Promise<string> => {
    const fault: unknown = await opening.then(
      () => null,
      (error: unknown) => error,
    );
    expect(fault).to.be.instanceOf(DomainError);
    return fault instanceof DomainError ? `${fault.code}: ${fault.message}` : '';
  };

  it('is refused at once where it passes on nothing, with what to set', async () => {
    const refusal = await refusalOf(open(await through({ ignore_startup_parameters: '' })));
    expect(refusal).to.match(
      /^unavailable: .* is behind PgBouncer.*ignore_startup_parameters = statement_timeout, lock_timeout, idle/,
    );
  });

  it('is refused where it pools statements, by name', async () => {
    const refusal = await refusalOf(open(await through({ pool_mode: 'statement' })));
    expect(refusal)
      .to.contain(`is behind PgBouncer 1.${String(release)}`)
      .and.contain('pools statements');
  });

  it('works where it pools sessions, and hears what is changed', async () => {
    const application = await open(await through({ pool_mode: 'session' }));
    expect(await application.migrations.status()).to.have.length.above(5);
    expect(await application.openCache()).not.to.equal(null);
    expect(warnings).to.deep.equal([]);
  });

  const usual = [{}, { server_round_robin: 1 }, { default_pool_size: 1 }] as const;
  for (const settings of isGood ? [{ max_prepared_statements: 0 }] : usual) {
    it(`is refused by name, before 1.21 or where it keeps no statements: ${JSON.stringify(settings)}`, async () => {
      for (let time = 0; time < 3; time += 1) {
        const refusal = await refusalOf(open(await through(settings)));
        expect(refusal)
          .to.contain(`is behind PgBouncer 1.${String(release)}`)
          .and.contain('Use PgBouncer 1.21 or later');
      }
    });
  }

  if (!isGood) return;

  for (const settings of usual) {
    it(`works, from 1.21 on: ${JSON.stringify(settings)}`, async () => {
      const pooler = await through({ max_prepared_statements: 200, ...settings });
      const server = await startRealServer({ target: pooler, cache: true });
      closing.push(() => server.close());
      await useAtOnce(server);
      expect(server.faults).to.deep.equal([]);
    });
  }

  it('keeps no answers, since no change is heard of, and says which limits are missing', async () => {
    const pooler = await through({ max_prepared_statements: 200 });
    expect(await (await open(pooler)).openCache()).to.equal(null);
    expect(warnings.map(({ event }) => event)).to.deep.equal(['pooler_without_limits']);
    expect(warnings[0]?.fields?.message).to.contain(`alter role "lazy_foundry" set statement_timeout = '5s'`);
  });

  it('migrates, two at once, and leaves no lock behind', async () => {
    target = await (await testCluster()).empty();
    const pooler = await through({ max_prepared_statements: 200 });
    const [one, two] = [await open(pooler), await open(pooler)];
    const applied = await Promise.all([one.migrations.up(), two.migrations.up()]);
    expect(applied.flat()).to.deep.equal(await migrationNames());
    const locks = await ask(
      direct,
      `select 1 from pg_locks where locktype = 'advisory' and objid = 7229514003 - (7229514003 >> 32 << 32)`,
    );
    expect(locks).to.deep.equal([]);
    expect(await one.migrations.down(() => Promise.resolve())).to.have.length(1);
  });
});

/** Eight users, each of whom makes, reads and changes something: writes and reads of all kinds, many at a time. */
async function useAtOnce(server: RealServer): Promise<void> {
  const users = await Promise.all(Array.from({ length: 8 }, () => server.newUser()));
  await Promise.all(
    users.map(async ({ token }) => {
      const { body: campaign } = await server.call('POST', '/api/campaigns', {
        token,
        body: { name: 'The Salt Road' },
      });
      const path = `/api/campaigns/${String(campaign.id)}`;
      for (let number = 1; number <= 10; number += 1) {
        const made = await server.call('POST', `${path}/sessions`, { token, body: { title: `Evening ${number}` } });
        expect(made.status, made.text).to.equal(201);
        const lists = await Promise.all(
          Array.from({ length: 5 }, () => server.call('GET', `${path}/sessions`, { token })),
        );
        for (const list of lists) expect(list.items, list.text).to.have.length(number);
        const renamed = await server.call('PATCH', path, { token, body: { name: `Road ${number}` } });
        expect(renamed.status, renamed.text).to.equal(200);
        const { body } = await server.call('GET', path, { token });
        expect(body.name).to.equal(`Road ${number}`);
      }
    }),
  );
}
