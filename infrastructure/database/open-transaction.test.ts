import { expect } from 'chai';
import { type StatementCounter, countStatements } from '../../test/support/count-statements.ts';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import type { ApiToken } from '../../core/auth/api-token.ts';
import { aTokenHash, aUser, anApiToken, anAuditEvent } from '../contracts/builders.ts';
import { codeOf } from '../contracts/fault-of.ts';
import { storedCampaign, storedUser } from '../contracts/stored.ts';
import { ask } from '../../test/support/ask.ts';

const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

describe('a transaction', () => {
  let counter: StatementCounter;
  let stored: QueryDatabase;
  beforeEach(async () => {
    counter = countStatements();
    stored = await openQueryDatabase({ connections: 2 });
  });
  afterEach(async () => {
    await stored.database.close();
    counter.stop();
  });

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it('sends what nobody waits for with the commit, in one piece', async () => {
    const events = [anAuditEvent(), anAuditEvent(), anAuditEvent()];
    await storedUser(stored);
    const turns = await counter.turnsDuring(() =>
      stored.database.transactional(async () => {
        for (const event of events) await stored.auditEvents.add(event);
      }),
    );
    expect(turns).to.equal(1);
    expect(await Promise.all(events.map(({ subjectId }) => stored.recorded(subjectId)))).to.deep.equal(
      events.map((event) => [event]),
    );
  });

  it('waits for what may clash, and only for that', async () => {
    await storedUser(stored);
    const turns = await counter.turnsDuring(() =>
      stored.database.transactional(async () => {
        await stored.auditEvents.add(anAuditEvent());
        await stored.users.add(aUser());
        await stored.auditEvents.add(anAuditEvent());
      }),
    );
    expect(turns).to.equal(2);
  });

  it('takes no connection as long as it asks for nothing', async () => {
    expect(await counter.during(() => stored.database.transactional(() => Promise.resolve(1)))).to.equal(0);
  });

  it('fails with what a write before failed with, by the name for it, whatever was asked for', async () => {
    const taken = await storedUser(stored);
    const others = [aUser(), aUser()] as const;
    const outcomes = [
      () => stored.users.find(taken.id),
      () => stored.users.add(others[1]),
      () => Promise.resolve(null),
    ];
    for (const next of outcomes) {
      const work = stored.database.transactional(async () => {
        await stored.users.add(others[0]);
        await stored.users.add(aUser({ email: taken.email }));
        await next();
      });
      expect(await codeOf(work)).to.equal('email_taken');
    }
    expect(await Promise.all(others.map(({ id }) => stored.users.find(id)))).to.deep.equal([null, null]);
  });

  it('keeps nothing where a fault was heard of and hushed up', async () => {
    const taken = await storedUser(stored);
    const work = stored.database.transactional(async () => {
      await stored.users.add(aUser({ username: taken.username }));
      await failure(stored.users.find(taken.id));
    });
    expect(await codeOf(work)).to.equal('username_taken');
  });

  it('gives its connection back, however it ends', async () => {
    const { email } = await storedUser(stored);
    for (let run = 0; run < 10; run += 1) {
      await failure(stored.database.transactional(() => stored.users.add(aUser({ email }))));
      await failure(stored.database.transactional(() => ask(stored.database, 'nonsense')));
      await failure(
        stored.database.transactional(async () => {
          await stored.users.add(aUser());
          throw new Error('the work failed');
        }),
      );
    }
    const rows = await ask<{ n: number }>(
      stored.database,
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in%'`,
    );
    expect(rows).to.deep.equal([{ n: 0 }]);
    expect(await stored.users.findByEmail(email)).to.have.property('email', email);
  });

  it('ends for good: what was not awaited finds it closed', async () => {
    const late = Promise.withResolvers<null>();
    const stragglers: Promise<unknown>[] = [];
    await stored.database.transactional(() => {
      stragglers.push(late.promise.then(() => stored.users.add(aUser())));
      return Promise.resolve();
    });
    late.resolve(null);
    expect(String(await failure(Promise.all(stragglers)))).to.include('has ended');
  });

  it('runs again where a migration has changed a table since a connection prepared a statement', async () => {
    const { id } = await storedCampaign(stored);
    const rename = (name: string) =>
      stored.database.transactional(async () => {
        const campaign = await stored.campaigns.getForUpdate(id);
        await stored.campaigns.save({ ...campaign, name, version: campaign.version + 1 });
      });
    await Promise.all([rename('First'), rename('Second')]);
    await ask(stored.database, `alter table campaigns add column pace text not null default 'slow'`);
    await Promise.all([rename('Third'), rename('Fourth')]);
    expect(await stored.database.transactional(() => stored.campaigns.getForUpdate(id))).to.have.property('version', 5);
  });

  it('prepares a statement again whose first run failed, and one that was skipped for it', async () => {
    const { id: userId } = await storedUser(stored);
    const add = (token: ApiToken) =>
      stored.database.transactional(async () => {
        await stored.apiTokens.add(token, aTokenHash());
        await stored.auditEvents.add(anAuditEvent({ subjectId: token.id }));
      });
    for (let run = 0; run < 3; run += 1) {
      expect(await failure(add(anApiToken({ userId: UNKNOWN_ID })))).to.have.property('code', '23503');
    }
    const token = anApiToken({ userId });
    await add(token);
    expect(await stored.recorded(token.id)).to.have.length(1);
  });
});
