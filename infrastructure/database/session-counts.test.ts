import { expect } from 'chai';
import { ask } from '../../test/support/ask.ts';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import { aMoment, aSession } from '../contracts/builders.ts';
import { storedCampaign, storedSession } from '../contracts/stored.ts';

const NOW = aMoment();

describe('the counts of sessions', () => {
  let stored: QueryDatabase;
  before(async () => {
    stored = await openQueryDatabase();
  });
  after(() => stored.database.close());

  const run = (text: string, ...values: readonly (string | number)[]) => ask(stored.database, text, values);
  /** What is counted, once it is found to be what there is, in every campaign. */
  const countsOf = async (campaignId: string): Promise<readonly [total: number, completed: number]> => {
    const wrong = await run(
      `select campaign_id from session_counters as counter, lateral (
         select count(*) as total, count(*) filter (where status = 'completed') as completed from sessions
         where sessions.campaign_id = counter.campaign_id and deleted_at is null) as held
       where (counter.total, counter.completed) <> (held.total, held.completed)`,
    );
    expect(wrong, 'campaigns that are counted wrongly').to.deep.equal([]);
    const [counter] = await ask<{ total: number; completed: number }>(
      stored.database,
      'select total, completed from session_counters where campaign_id = $1',
      [campaignId],
    );
    return [counter?.total ?? NaN, counter?.completed ?? NaN];
  };
  const fill = (campaignId: string, count: number, status = 'planned') =>
    run(
      `insert into sessions (id, campaign_id, session_number, title, time_zone, status, completed_date, created_at,
         updated_at, version)
       select gen_random_uuid(), $1, n, 'x', 'UTC', $3, case when $3 = 'completed' then now() end, now(), now(), 1
       from generate_series(1, $2::int) n`,
      campaignId,
      count,
      status,
    );

  it('follow one session through all that can become of it', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    expect(await countsOf(campaignId)).to.deep.equal([0, 0]);
    const planned = await storedSession(stored, { campaignId });
    expect(await countsOf(campaignId)).to.deep.equal([1, 0]);
    const completed = { ...planned, status: 'completed', completedDate: NOW, version: 2 } as const;
    await stored.sessions.save(completed);
    expect(await countsOf(campaignId)).to.deep.equal([1, 1]);
    await stored.sessions.save({ ...completed, title: 'Other', version: 3 });
    expect(await countsOf(campaignId)).to.deep.equal([1, 1]);
    await stored.sessions.save({ ...completed, deletedAt: NOW, version: 4 });
    expect(await countsOf(campaignId)).to.deep.equal([0, 0]);
    await stored.sessions.save({ ...completed, version: 5 });
    expect(await countsOf(campaignId)).to.deep.equal([1, 1]);
    await stored.sessions.save({ ...completed, status: 'in_progress', completedDate: null, version: 6 });
    expect(await countsOf(campaignId)).to.deep.equal([1, 0]);
    await run('delete from sessions where id = $1', planned.id);
    expect(await countsOf(campaignId)).to.deep.equal([0, 0]);
  });

  it('are right after statements that write many rows, of several campaigns at once too', async () => {
    const { id: one } = await storedCampaign(stored);
    const { id: two } = await storedCampaign(stored);
    await fill(one, 50);
    await fill(two, 30, 'completed');
    expect([await countsOf(one), await countsOf(two)]).to.deep.equal([
      [50, 0],
      [30, 30],
    ]);
    await run("update sessions set status = 'completed', completed_date = now() where session_number <= 5");
    await run('update sessions set deleted_at = now() where session_number between 4 and 10');
    expect([await countsOf(one), await countsOf(two)]).to.deep.equal([
      [43, 3],
      [23, 23],
    ]);
    await run(
      'update sessions set campaign_id = $1, session_number = session_number + 100 where campaign_id = $2',
      one,
      two,
    );
    expect([await countsOf(one), await countsOf(two)]).to.deep.equal([
      [66, 26],
      [0, 0],
    ]);
    await run('update sessions set deleted_at = null where deleted_at is not null');
    await run('delete from sessions where session_number > 110');
    expect(await countsOf(one)).to.deep.equal([60, 15]);
    await run('delete from sessions where false');
    await run('insert into sessions select * from sessions where false');
    expect(await countsOf(one)).to.deep.equal([60, 15]);
  });

  it('go back with a transaction that fails, and with a number that is taken', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    await storedSession(stored, { campaignId, sessionNumber: 1 });
    const failing = stored.transaction.run(async () => {
      await storedSession(stored, { campaignId, sessionNumber: 2 });
      throw new Error('no');
    });
    expect(await failing.catch(String)).to.equal('Error: no');
    const clash = stored.sessions.add(aSession({ campaignId, sessionNumber: 1 }));
    expect(await clash.then(() => 'added').catch(() => 'refused')).to.equal('refused');
    expect(await countsOf(campaignId)).to.deep.equal([1, 0]);
  });

  it('are right when many write at once', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    const sessions = await Promise.all(
      Array.from({ length: 40 }, (_, n) => storedSession(stored, { campaignId, sessionNumber: n + 1 })),
    );
    await Promise.all(
      sessions.map((session, n) =>
        stored.sessions.save({
          ...session,
          version: session.version + 1,
          ...(n % 2 === 0 ? ({ status: 'completed', completedDate: NOW } as const) : { deletedAt: NOW }),
        }),
      ),
    );
    expect(await countsOf(campaignId)).to.deep.equal([20, 20]);
  });

  it('are kept beside a server that does not know of them, and go with their campaign', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    await run('delete from session_counters where campaign_id = $1', campaignId);
    await run('insert into session_counters (campaign_id, last) values ($1, 0)', campaignId);
    await fill(campaignId, 3);
    await run('update session_counters set last = 3 where campaign_id = $1', campaignId);
    expect(await countsOf(campaignId)).to.deep.equal([3, 0]);
    await run('delete from campaigns where id = $1', campaignId);
    expect(await run('select 1 from session_counters where campaign_id = $1', campaignId)).to.deep.equal([]);
    expect(await run('select 1 from sessions where campaign_id = $1', campaignId)).to.deep.equal([]);
  });
});
