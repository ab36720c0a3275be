import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { CampaignQueries } from '../../core/campaigns/campaign-queries.ts';
import { CAMPAIGN_STATUSES } from '../../core/campaigns/campaign.ts';
import { ROLES } from '../../core/members/role.ts';
import type { Session } from '../../core/sessions/session.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd, readsOf } from '../../test/support/query-database.ts';
import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
import { actorOf, aMember, someResults } from '../contracts/builders.ts';
import { storedCampaign, storedMember, storedSession, storedUser } from '../contracts/stored.ts';
import { makeCampaignQueries } from './campaign-queries.ts';
import { ask } from '../../test/support/ask.ts';

type Filter = Parameters<CampaignQueries['list']>[1];

const ALL: Filter = { status: null, role: null, q: null, name: null, idEnding: null };
const TABLES = WORLD_SAMPLES.map(({ noun }) => noun.plural);
const NOW = new Date('2027-03-10T19:00:00.123Z');
const [EARLIER, PAST, FUTURE] = [
  "now() - interval '50 years' - n * interval '1 day'",
  "now() - n * interval '1 day'",
  "now() + n * interval '1 day'",
];
const at = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

describe('campaign queries', () => {
  let stored: QueryDatabase;
  let queries: CampaignQueries;
  before(async () => {
    stored = await openQueryDatabase();
    queries = makeCampaignQueries(stored.reader, TABLES);
  });
  after(() => stored.database.close());

  const namesOf = async (viewerId: string, filter: Partial<Filter> = {}): Promise<string[]> => {
    const { items } = await queries.list(actorOf(viewerId), { ...ALL, ...filter }, { limit: 100, after: null });
    return items.map(({ value }) => value.name);
  };

  describe('of one campaign', () => {
    it("answer every field as it was stored, and the viewer's own role", async () => {
      const campaign = await storedCampaign(stored, { version: 3 });
      for (const role of ROLES.filter((each) => each !== 'owner')) {
        const { userId } = await storedMember(stored, { campaignId: campaign.id, role });
        expect(await queries.find(actorOf(userId), campaign.id)).to.deep.equal({ value: campaign, role });
      }
      expect(await queries.find(actorOf(campaign.ownerId), campaign.id)).to.deep.equal({
        value: campaign,
        role: 'owner',
      });
    });

    it('answer null to who is no member, for what is unknown, and for what lies in the trash', async () => {
      const campaign = await storedCampaign(stored);
      const trashed = await storedCampaign(stored, { ownerId: campaign.ownerId, deletedAt: NOW });
      const stranger = await storedUser(stored);
      for (const [viewerId, id] of [
        [stranger.id, campaign.id],
        [uuid(), campaign.id],
        [campaign.ownerId, uuid()],
        [campaign.ownerId, trashed.id],
      ] as const) {
        expect(await queries.find(actorOf(viewerId), id)).to.equal(null);
        expect(await queries.summary(actorOf(viewerId), id, NOW)).to.equal(null);
      }
    });

    it('go by membership and not by the name of the owner', async () => {
      const campaign = await storedCampaign(stored);
      await stored.members.remove(campaign.id, campaign.ownerId);
      expect(await queries.find(actorOf(campaign.ownerId), campaign.id)).to.equal(null);
      expect(await namesOf(campaign.ownerId)).to.deep.equal([]);
    });
  });

  describe('of the list', () => {
    it('show the newest first, with each role, and neither others nor what lies in the trash', async () => {
      const { id: viewerId } = await storedUser(stored);
      const own = await storedCampaign(stored, { ownerId: viewerId });
      await storedCampaign(stored);
      await storedCampaign(stored, { ownerId: viewerId, deletedAt: NOW });
      const joined = await storedCampaign(stored);
      await storedMember(stored, { campaignId: joined.id, userId: viewerId, role: 'player' });
      expect(await queries.list(actorOf(viewerId), ALL, { limit: 2, after: null })).to.deep.equal({
        items: [
          { value: joined, role: 'player' },
          { value: own, role: 'owner' },
        ],
        next: null,
      });
    });

    it('filter by each status and each role', async () => {
      const { id: viewerId } = await storedUser(stored);
      for (const status of CAMPAIGN_STATUSES) await storedCampaign(stored, { ownerId: viewerId, status, name: status });
      for (const role of ['gm', 'player', 'viewer'] as const) {
        const { id: campaignId } = await storedCampaign(stored, { name: role, status: 'paused' });
        await storedMember(stored, { campaignId, userId: viewerId, role });
      }
      for (const status of ['active', 'completed', 'archived'] as const) {
        expect(await namesOf(viewerId, { status })).to.deep.equal([status]);
      }
      expect(await namesOf(viewerId, { status: 'paused' })).to.deep.equal(['viewer', 'player', 'gm', 'paused']);
      for (const role of ['gm', 'player', 'viewer'] as const) {
        expect(await namesOf(viewerId, { role })).to.deep.equal([role]);
      }
      expect(await namesOf(viewerId, { role: 'owner' })).to.have.length(4);
      expect(await namesOf(viewerId, { role: 'owner', status: 'paused' })).to.deep.equal(['paused']);
    });

    it('find words anywhere in the name, without regard to case, of other scripts too', async () => {
      const { id: viewerId } = await storedUser(stored);
      for (const name of ['The Drowned Bell', 'Große ÄRA', '漢字']) {
        await storedCampaign(stored, { ownerId: viewerId, name, description: 'Moon' });
      }
      expect(await namesOf(viewerId, { q: 'drowned b' })).to.deep.equal(['The Drowned Bell']);
      for (const q of ['ära', 'ara', 'A\u0308RA', 'grosse', 'GROSSE Ä']) {
        expect(await namesOf(viewerId, { q }), q).to.deep.equal(['Große ÄRA']);
      }
      expect(await namesOf(viewerId, { q: '字' })).to.deep.equal(['漢字']);
      expect(await namesOf(viewerId, { q: 'moon' })).to.deep.equal([]);
      expect(await namesOf(viewerId, { q: '' })).to.have.length(3);
    });

    it('find the whole name in any spelling, and the end of the id', async () => {
      const { id: viewerId } = await storedUser(stored);
      const { id } = await storedCampaign(stored, { ownerId: viewerId, name: 'Größe_1%' });
      const other = await storedCampaign(stored, { ownerId: viewerId, name: 'Größe_1% again' });
      await storedCampaign(stored, { name: 'Größe_1%' });
      for (const name of ['Größe_1%', 'GRÖSSE_1%', 'gro\u0308ße_1%', 'grosse_1%']) {
        expect(await namesOf(viewerId, { name }), name).to.deep.equal(['Größe_1%']);
      }
      for (const name of ['Größe_1', 'Größe_1% ', 'Größe%', '']) {
        expect(await namesOf(viewerId, { name }), name).to.deep.equal([]);
      }
      expect(await namesOf(viewerId, { idEnding: id.slice(-12) })).to.deep.equal(['Größe_1%']);
      expect(await namesOf(viewerId, { idEnding: other.id })).to.deep.equal(['Größe_1% again']);
      expect(await namesOf(viewerId, { idEnding: id.slice(0, -1) })).to.deep.equal([]);
      expect(await namesOf(viewerId, { idEnding: id, name: 'Größe_1% again' })).to.deep.equal([]);
    });

    it('take %, _ and \\ for what they are', async () => {
      const { id: viewerId } = await storedUser(stored);
      const names = ['100% true', '100 true', 'a_b', 'axb', 'c\\d', 'c\\\\d', "e'f", 'g\\%h', 'g%h'];
      for (const name of names) await storedCampaign(stored, { ownerId: viewerId, name });
      for (const [q, found] of [
        ['%', ['g%h', 'g\\%h', '100% true']],
        ['0% t', ['100% true']],
        ['_', ['a_b']],
        ['a_b', ['a_b']],
        ['\\', ['g\\%h', 'c\\\\d', 'c\\d']],
        ['c\\d', ['c\\d']],
        ['\\\\', ['c\\\\d']],
        ['\\%', ['g\\%h']],
        ['d\\', []],
        ["'", ["e'f"]],
        ['%%', []],
      ] as const) {
        expect(await namesOf(viewerId, { q }), q).to.deep.equal(found);
      }
    });

    it('go on to the end in pages of any size', async () => {
      const { id: viewerId } = await storedUser(stored);
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.unshift((await storedCampaign(stored, { ownerId: viewerId })).id);
      for (const limit of [1, 2, 3, 6, 7, 8]) {
        const read = await readToEnd(limit, (page) => queries.list(actorOf(viewerId), ALL, page));
        expect(
          read.map(({ value }) => value.id),
          `by ${limit}`,
        ).to.deep.equal(ids);
      }
    });

    it('read no more than a page, of one of many who have many', async () => {
      const many = await openQueryDatabase({ connections: 1 });
      try {
        // On a few thousand rows PostgreSQL rightly steps over the campaigns of others: that costs it less.
        const users = await addUsers(many, 200);
        // Counting bytes row by row takes longer than a statement may.
        await ask(many.database, 'alter table campaigns disable trigger counts_bytes');
        await fill(many, users, 24_000);
        await ask(many.database, 'analyze');
        const [viewerId = ''] = users;
        const list = makeCampaignQueries(many.reader, TABLES).list;
        const everything = await readToEnd(100, (page) => list(actorOf(viewerId), ALL, page));
        expect(everything).to.have.length(120);
        for (const after of [null, [everything.at(-25)?.value.id ?? '']]) {
          for (const table of ['members', 'campaigns']) {
            const reads = await readsOf(many.database, table, () => list(actorOf(viewerId), ALL, { limit: 20, after }));
            expect(reads.sequentialScans, table).to.equal(0);
            expect(reads.entries, table).to.be.within(20, 30);
          }
        }
      } finally {
        await many.database.close();
      }
    });
  });

  describe('of the summary', () => {
    const campaignWith = async (
      sessions: readonly Partial<Session>[],
    ): Promise<{ readonly id: string; readonly ownerId: string }> => {
      const campaign = await storedCampaign(stored);
      for (const [index, values] of sessions.entries()) {
        await storedSession(stored, {
          campaignId: campaign.id,
          sessionNumber: index + 1,
          completedDate: values.status === 'completed' ? NOW : null,
          ...values,
        });
      }
      return campaign;
    };
    const summaryOf = async (sessions: readonly Partial<Session>[]) => {
      const { id, ownerId } = await campaignWith(sessions);
      const summary = await queries.summary(actorOf(ownerId), id, NOW);
      if (summary === null) throw new Error('No summary.');
      return summary;
    };
    const nextOf = async (...sessions: readonly Partial<Session>[]): Promise<number | null> =>
      (await summaryOf(sessions)).nextSession?.sessionNumber ?? null;
    const lastOf = async (...sessions: readonly Partial<Session>[]): Promise<number | null> =>
      (await summaryOf(sessions)).lastSession?.sessionNumber ?? null;
    const planned = (scheduledDate: Date | null): Partial<Session> => ({ status: 'planned', scheduledDate });
    const running = (scheduledDate: Date | null): Partial<Session> => ({ status: 'in_progress', scheduledDate });
    const completed: Partial<Session> = { status: 'completed' };
    const cancelled: Partial<Session> = { status: 'cancelled', scheduledDate: at(1) };

    it('name the planned session with the earliest date from now on', async () => {
      expect(await nextOf(planned(at(3)), planned(at(1)), planned(at(2)))).to.equal(2);
      expect(await nextOf(planned(null), planned(at(1)))).to.equal(2);
    });

    it('count a session that is planned for this very moment as next, and none that is a millisecond late', async () => {
      expect(await nextOf(planned(NOW), planned(at(1)))).to.equal(1);
      expect(await nextOf(planned(new Date(NOW.getTime() - 1)), planned(at(1)))).to.equal(2);
      expect(await nextOf(planned(at(-1)))).to.equal(null);
    });

    it('name the running session before every planned one', async () => {
      expect(await nextOf(planned(at(1)), running(at(-60)), planned(at(2)))).to.equal(2);
      expect(await nextOf(planned(at(1)), running(null))).to.equal(2);
      expect(await nextOf(running(at(9)), running(at(-60)))).to.equal(2);
    });

    it('name the first without a date where none has one, or all are past', async () => {
      expect(await nextOf(planned(at(-1)), planned(null), planned(null))).to.equal(2);
    });

    it('name the lower number of two at the same moment', async () => {
      expect(await nextOf(planned(at(1)), planned(at(1)))).to.equal(1);
    });

    it('name no next session that is completed, cancelled or in the trash', async () => {
      expect(await nextOf(completed, cancelled, { ...planned(at(1)), deletedAt: NOW })).to.equal(null);
      expect(await nextOf()).to.equal(null);
    });

    it('name as the last one the completed session with the highest number, whenever it was completed', async () => {
      expect(await lastOf(completed, { ...completed, completedDate: at(-60) }, planned(at(1)))).to.equal(2);
      expect(await lastOf(completed, { ...completed, deletedAt: NOW })).to.equal(1);
      expect(await lastOf(planned(at(1)), running(NOW), cancelled)).to.equal(null);
    });

    it('tell of both sessions what they mention, with their moments', async () => {
      const { nextSession, lastSession } = await summaryOf([
        { ...completed, title: 'Played', scheduledDate: at(-100), completedDate: at(-50) },
        { ...planned(at(50)), title: 'Planned' },
      ]);
      expect(lastSession).to.deep.equal({
        id: lastSession?.id,
        sessionNumber: 1,
        title: 'Played',
        scheduledDate: at(-100),
        timeZone: 'Europe/Berlin',
        completedDate: at(-50),
      });
      expect(nextSession).to.deep.equal({
        id: nextSession?.id,
        sessionNumber: 2,
        title: 'Planned',
        scheduledDate: at(50),
        timeZone: 'Europe/Berlin',
        completedDate: null,
      });
    });

    it('count members, sessions and completed ones, and nothing in the trash', async () => {
      const { id, ownerId } = await campaignWith([
        completed,
        completed,
        { ...completed, deletedAt: NOW },
        planned(null),
        cancelled,
        running(null),
        { ...planned(null), deletedAt: NOW },
      ]);
      await campaignWith([completed]);
      for (const role of ['gm', 'viewer'] as const) await storedMember(stored, { campaignId: id, role });
      expect(await queries.summary(actorOf(ownerId), id, NOW)).to.deep.include({
        members: 3,
        sessionsTotal: 5,
        sessionsCompleted: 2,
      });
    });

    describe('open threads', () => {
      const threadsOf = async (
        ...sessions: readonly (Partial<Session> & { readonly threads: readonly string[] | null })[]
      ): Promise<readonly string[]> => {
        const { id, ownerId } = await storedCampaign(stored);
        for (const [index, { threads, ...values }] of sessions.entries()) {
          const session = await storedSession(stored, {
            campaignId: id,
            sessionNumber: index + 1,
            completedDate: values.status === 'completed' ? NOW : null,
            ...values,
          });
          if (threads !== null) await stored.sessions.saveResults(session, someResults({ unfinishedThreads: threads }));
        }
        return (await queries.summary(actorOf(ownerId), id, NOW))?.openThreads ?? ['no summary'];
      };

      it('are what the completed session with the highest number left', async () => {
        expect(
          await threadsOf(
            { ...completed, threads: ['old'] },
            { ...completed, completedDate: at(-60), threads: ['new', 'newer', ' with, "signs"\n'] },
            { ...planned(null), threads: null },
          ),
        ).to.deep.equal(['new', 'newer', ' with, "signs"\n']);
      });

      it('are none where the newest left none, whatever was open before', async () => {
        expect(await threadsOf({ ...completed, threads: ['old'] }, { ...completed, threads: [] })).to.deep.equal([]);
      });

      it('are those of the one before when the newest lies in the trash', async () => {
        const trashed = { ...completed, deletedAt: NOW, threads: ['lost'] };
        expect(await threadsOf({ ...completed, threads: ['old'] }, trashed)).to.deep.equal(['old']);
      });

      it('are none before anything was played', async () => {
        expect(await threadsOf()).to.deep.equal([]);
        expect(await threadsOf({ ...planned(null), threads: null })).to.deep.equal([]);
      });
    });

    it('read no other campaign and no whole table', async () => {
      const many = await openQueryDatabase({ connections: 1 });
      try {
        const { id: userId } = await storedUser(many);
        await fill(many, [userId], 200);
        await ask(
          many.database,
          `insert into sessions (id, campaign_id, session_number, title, time_zone, status, created_at, updated_at, version)
           select gen_random_uuid(), c.id, n, 'x', 'UTC', 'planned', now(), now(), 1
           from campaigns c, generate_series(1, 30) n`,
        );
        await ask(many.database, 'analyze');
        const [row] = await ask<{ id: string }>(many.database, 'select id from campaigns limit 1');
        const reads = await readsOf(many.database, 'sessions', () =>
          makeCampaignQueries(many.reader, TABLES).summary(actorOf(userId), row?.id ?? '', NOW),
        );
        expect(reads.sequentialScans).to.equal(0);
        expect(reads.entries).to.be.lessThan(30);
      } finally {
        await many.database.close();
      }
    });

    it('read a few sessions of thousands, whatever these are like', async () => {
      const many = await openQueryDatabase({ connections: 1 });
      const { summary } = makeCampaignQueries(many.reader, TABLES);
      try {
        for (const [even, odd, next] of [
          [['completed', 'null'], ['completed', PAST], null],
          [['planned', PAST], ['cancelled', FUTURE], null],
          [['planned', PAST], ['completed', 'null'], null],
          [['planned', FUTURE], ['planned', 'null'], 2],
          [['planned', PAST], ['planned', 'null'], 1],
          [['in_progress', PAST], ['cancelled', EARLIER], 3000],
          [['in_progress', 'null'], ['in_progress', FUTURE], 1],
        ] as const) {
          const what = [even, odd].join(' and ');
          const { id, ownerId } = await storedCampaign(many);
          for (const [rest, [status, date]] of [even, odd].entries()) {
            await ask(
              many.database,
              `insert into sessions (id, campaign_id, session_number, title, time_zone, status, scheduled_date,
                 completed_date, created_at, updated_at, version)
               select gen_random_uuid(), $1, n, 'x', 'UTC', $2, ${date}, case when $2 = 'completed' then now() end, now(),
                 now(), 1
               from generate_series(1, 3000) n where n % 2 = $3::int`,
              [id, status, rest],
            );
          }
          await ask(many.database, 'analyze sessions');
          const reads = await readsOf(many.database, 'sessions', async () => {
            const found = await summary(actorOf(ownerId), id, new Date());
            expect(found?.nextSession?.sessionNumber ?? null, what).to.equal(next);
            expect(found).to.include({ sessionsTotal: 3000 });
          });
          expect(reads.sequentialScans, what).to.equal(0);
          expect(reads.entries, what).to.be.lessThan(10);
        }
      } finally {
        await many.database.close();
      }
    });
  });

  it('show a member of many campaigns no session of another', async () => {
    const one = await storedCampaign(stored);
    const two = await storedCampaign(stored);
    await stored.members.add(aMember({ campaignId: two.id, userId: one.ownerId }));
    await storedSession(stored, { campaignId: two.id, scheduledDate: at(1) });
    expect((await queries.summary(actorOf(one.ownerId), one.id, NOW))?.nextSession).to.equal(null);
  });
});

async function addUsers({ database }: QueryDatabase, count: number): Promise<readonly string[]> {
  const rows = await ask<{ id: string }>(
    database,
    `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
     select gen_random_uuid(), 'many-' || n, 'many-' || n, 'many-' || n, '', now(), now(), 1
     from generate_series(1, $1::int) n returning id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Campaigns of these owners by turns, with ids in the order of time. */
async function fill({ database }: QueryDatabase, owners: readonly string[], count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => `${uuid()} ${owners[n % owners.length] ?? ''}`).join(',');
  const split = "string_to_table($1, ',') pair, split_part(pair, ' ', 1) id, split_part(pair, ' ', 2) owner";
  await ask(
    database,
    `insert into campaigns (id, name, player_count, party_level, status, owner_id, created_at, updated_at, version)
     select id::uuid, 'x', 4, 1, 'active', owner::uuid, now(), now(), 1 from ${split}`,
    [rows],
  );
  await ask(
    database,
    `insert into members (campaign_id, user_id, role, joined_at)
     select id::uuid, owner::uuid, 'owner', now() from ${split}`,
    [rows],
  );
  await ask(database, `insert into session_counters (campaign_id, last) select id::uuid, 0 from ${split}`, [rows]);
}
