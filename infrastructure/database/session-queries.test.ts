import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { SESSION_ORDERS, type SessionFilter, type SessionQueries } from '../../core/sessions/session-queries.ts';
import { SESSION_STATUSES, type Session } from '../../core/sessions/session.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd, readsOf } from '../../test/support/query-database.ts';
import { actorOf, someResults } from '../contracts/builders.ts';
import { storedCampaign, storedMember, storedSession } from '../contracts/stored.ts';
import { makeSessionQueries } from './session-queries.ts';
import { ask } from '../../test/support/ask.ts';

type Filter = Parameters<SessionQueries['list']>[2];

const MINE: SessionFilter = { status: null, from: null, to: null, idEnding: null };
const ALL: Filter = { ...MINE, q: null, number: null };
const FIRST = { limit: 100, after: null };
const at = (day: number, millisecond = 0): Date => new Date(Date.UTC(2027, 2, day, 19, 0, 0, millisecond));

describe('session queries', () => {
  let stored: QueryDatabase;
  let queries: SessionQueries;
  before(async () => {
    stored = await openQueryDatabase();
    queries = makeSessionQueries(stored.reader);
  });
  after(() => stored.database.close());

  const numbersOf = async (
    viewerId: string,
    campaignId: string,
    filter: Partial<Filter> = {},
  ): Promise<number[] | null> => {
    const page = await queries.list(actorOf(viewerId), campaignId, { ...ALL, ...filter }, 'sessionNumber', FIRST);
    return page?.items.map(({ value }) => value.sessionNumber) ?? null;
  };

  it("tell a campaign's time zone to its members only, and of none in the trash", async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored, { timeZone: 'Asia/Kathmandu' });
    const viewer = await storedMember(stored, { campaignId, role: 'viewer' });
    const { id: trashed, ownerId: other } = await storedCampaign(stored, { deletedAt: at(1) });

    expect(await queries.timeZoneOf(actorOf(viewer.userId), campaignId)).to.equal('Asia/Kathmandu');
    expect(await queries.timeZoneOf(actorOf(ownerId), campaignId)).to.equal('Asia/Kathmandu');
    expect(await queries.timeZoneOf(actorOf(other), campaignId)).to.equal(null);
    expect(await queries.timeZoneOf(actorOf(other), trashed)).to.equal(null);
  });

  it("answer every field as it was stored, but in lists what is for others, and the viewer's own role", async () => {
    const { id: campaignId } = await storedCampaign(stored);
    const viewer = await storedMember(stored, { campaignId, role: 'viewer' });
    const moments = { startedAt: at(3, 1), completedDate: at(4, 2), cancelledReason: 'Rain' };
    const session = await storedSession(stored, { campaignId, status: 'completed', ...moments, version: 7 });
    const bare = await storedSession(stored, {
      campaignId,
      sessionNumber: 2,
      description: null,
      gmNotes: null,
      scheduledDate: null,
      durationMinutes: null,
    });

    expect(await queries.find(actorOf(viewer.userId), session.id)).to.deep.equal({ value: session, role: 'viewer' });
    const page = await queries.list(actorOf(viewer.userId), campaignId, ALL, 'sessionNumber', FIRST);
    expect(page).to.deep.equal({
      items: [
        { value: { ...session, gmNotes: null }, role: 'viewer' },
        { value: bare, role: 'viewer' },
      ],
      next: null,
    });
  });

  it('show each viewer its own role', async () => {
    const { id: campaignId } = await storedCampaign(stored);
    const session = await storedSession(stored, { campaignId });
    for (const role of ['gm', 'player'] as const) {
      const { userId } = await storedMember(stored, { campaignId, role });
      expect((await queries.find(actorOf(userId), session.id))?.role).to.equal(role);
    }
  });

  it('answer the results apart from the session, of the same fields too', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const session = await storedSession(stored, { campaignId, durationMinutes: 210 });
    const results = someResults({ durationMinutes: 245 });
    await stored.sessions.saveResults(session, results);
    expect(await queries.findResults(actorOf(ownerId), session.id)).to.deep.equal({
      value: { session, results },
      role: 'owner',
    });
  });

  it('answer null for results that are not there', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const session = await storedSession(stored, { campaignId });
    expect(await queries.findResults(actorOf(ownerId), session.id)).to.equal(null);
  });

  it('answer null to who is no member, be it of this campaign, and for what is unknown', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const session = await storedSession(stored, { campaignId });
    await stored.sessions.saveResults(session, someResults());
    const stranger = await storedCampaign(stored);
    for (const viewerId of [stranger.ownerId, uuid()]) {
      expect(await queries.find(actorOf(viewerId), session.id)).to.equal(null);
      expect(await queries.findResults(actorOf(viewerId), session.id)).to.equal(null);
      expect(await numbersOf(viewerId, campaignId)).to.equal(null);
    }
    expect(await queries.find(actorOf(ownerId), uuid())).to.equal(null);
    expect(await numbersOf(ownerId, uuid())).to.equal(null);
  });

  it('do not show what lies in the trash, be it with its campaign', async () => {
    const campaign = await storedCampaign(stored);
    const { id: campaignId, ownerId } = campaign;
    const trashed = await storedSession(stored, { campaignId, deletedAt: at(1) });
    const kept = await storedSession(stored, { campaignId, sessionNumber: 2 });
    await stored.sessions.saveResults(trashed, someResults());
    expect(await queries.find(actorOf(ownerId), trashed.id)).to.equal(null);
    expect(await queries.findResults(actorOf(ownerId), trashed.id)).to.equal(null);
    expect(await numbersOf(ownerId, campaignId)).to.deep.equal([2]);

    await stored.campaigns.save({ ...campaign, deletedAt: at(1), version: campaign.version + 1 });
    expect(await queries.find(actorOf(ownerId), kept.id)).to.equal(null);
    expect(await numbersOf(ownerId, campaignId)).to.equal(null);
  });

  it('list nothing, and not null, where a member has no session to see', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    expect(await numbersOf(ownerId, campaignId)).to.deep.equal([]);
    await storedSession(stored, { campaignId, deletedAt: at(1) });
    expect(await numbersOf(ownerId, campaignId)).to.deep.equal([]);
  });

  it('filter by each status', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    for (const [index, status] of SESSION_STATUSES.entries()) {
      const completedDate = status === 'completed' ? at(1) : null;
      await storedSession(stored, { campaignId, sessionNumber: index + 1, status, completedDate });
    }
    for (const [index, status] of SESSION_STATUSES.entries()) {
      expect(await numbersOf(ownerId, campaignId, { status }), status).to.deep.equal([index + 1]);
    }
  });

  it('filter by dates that are included, to the millisecond, and never include what has no date', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const dates = [at(1), at(2), at(2, 1), at(3), null];
    for (const [index, scheduledDate] of dates.entries()) {
      await storedSession(stored, { campaignId, sessionNumber: index + 1, scheduledDate });
    }
    const numbers = (filter: Partial<Filter>): Promise<number[] | null> => numbersOf(ownerId, campaignId, filter);
    expect(await numbers({ from: at(2) })).to.deep.equal([2, 3, 4]);
    expect(await numbers({ from: at(2, 1) })).to.deep.equal([3, 4]);
    expect(await numbers({ to: at(2) })).to.deep.equal([1, 2]);
    expect(await numbers({ to: at(2, 1) })).to.deep.equal([1, 2, 3]);
    expect(await numbers({ from: at(2), to: at(2) })).to.deep.equal([2]);
    expect(await numbers({ from: at(3), to: at(1) })).to.deep.equal([]);
    expect(await numbers({ to: new Date('9999-12-31T23:59:59.999Z') })).to.deep.equal([1, 2, 3, 4]);
  });

  it('filter by the number, and by the end of the id', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const [first, second] = [
      await storedSession(stored, { campaignId, sessionNumber: 1, id: '0199aaaa-0000-7000-8000-0000c0ffee01' }),
      await storedSession(stored, { campaignId, sessionNumber: 2, id: '0199aaab-0000-7000-8001-0000c0ffee01' }),
    ];
    await storedSession(stored, { campaignId, sessionNumber: 3 });
    const numbers = (filter: Partial<Filter>): Promise<number[] | null> => numbersOf(ownerId, campaignId, filter);
    expect(await numbers({ number: 2 })).to.deep.equal([2]);
    expect(await numbers({ number: 4 })).to.deep.equal([]);
    expect(await numbers({ idEnding: 'ee01' })).to.deep.equal([1, 2]);
    expect(await numbers({ idEnding: '-8001-0000c0ffee01' })).to.deep.equal([2]);
    expect(await numbers({ idEnding: first.id })).to.deep.equal([1]);
    expect(await numbers({ idEnding: second.id.slice(0, -1) })).to.deep.equal([]);
    expect(await numbers({ idEnding: 'ee01', number: 1, status: 'cancelled' })).to.deep.equal([]);
  });

  describe('of all campaigns of a viewer', () => {
    const titlesOf = async (viewerId: string, filter: Partial<SessionFilter> = {}): Promise<readonly string[]> => {
      const { items } = await queries.listMine(actorOf(viewerId), { ...MINE, ...filter }, FIRST);
      return items.map(({ value }) => value.title);
    };

    it('find words in the title, whatever their case, accents and form', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(stored);
      const titles = ['The Drowned Bell', 'Große ÄRA', 'İzmir 100%', 'Osse\u0301l'];
      const added = [];
      for (const [n, title] of titles.entries()) {
        added.push(await storedSession(stored, { campaignId, sessionNumber: n + 1, title }));
      }
      for (const [q, expected] of [
        ['DROWNED b', [1]],
        ['grosse', [2]],
        ['a\u0308ra', [2]],
        ['izmir', [3]],
        ['0%', [3]],
        ['%', [3]],
        ['oss\u00c9l', [4]],
        ['ossel', [4]],
        ['', [1, 2, 3, 4]],
        ['bells', []],
      ] as const) {
        expect(await numbersOf(ownerId, campaignId, { q }), q).to.deep.equal(expected);
      }
      // A server of the version before leaves no key; a change of the title leaves another one.
      await ask(stored.database, 'update sessions set search_key = null where campaign_id = $1', [campaignId]);
      expect(await numbersOf(ownerId, campaignId, { q: 'drowned' })).to.deep.equal([1]);
      const [first] = added;
      if (first !== undefined) await stored.sessions.save({ ...first, title: 'Épilogue', version: first.version + 1 });
      expect(await numbersOf(ownerId, campaignId, { q: 'EPI' })).to.deep.equal([1]);
      expect(await numbersOf(ownerId, campaignId, { q: 'drowned' })).to.deep.equal([]);
    });

    it('answer every field that the viewer may see, and the role that it has in each', async () => {
      const mine = await storedCampaign(stored);
      const theirs = await storedCampaign(stored);
      await storedMember(stored, { campaignId: theirs.id, userId: mine.ownerId, role: 'player' });
      const second = await storedSession(stored, { campaignId: mine.id, scheduledDate: at(2) });
      const first = await storedSession(stored, { campaignId: theirs.id, scheduledDate: at(1) });
      expect(await queries.listMine(actorOf(mine.ownerId), MINE, FIRST)).to.deep.equal({
        items: [
          { value: { ...first, gmNotes: null }, role: 'player' },
          { value: second, role: 'owner' },
        ],
        next: null,
      });
    });

    it('show neither what is of others, nor what lies in the trash, be it with its campaign', async () => {
      const campaign = await storedCampaign(stored);
      const { id: campaignId, ownerId } = campaign;
      await storedSession(stored, { title: 'Of others' });
      await storedSession(stored, { campaignId, title: 'Mine' });
      await storedSession(stored, { campaignId, sessionNumber: 2, title: 'Trashed', deletedAt: at(1) });
      const former = await storedMember(stored, { campaignId, role: 'gm' });
      expect(await titlesOf(ownerId)).to.deep.equal(['Mine']);
      expect(await titlesOf(former.userId)).to.deep.equal(['Mine']);
      await stored.members.remove(campaignId, former.userId);
      expect(await titlesOf(former.userId)).to.deep.equal([]);
      await stored.campaigns.save({ ...campaign, deletedAt: at(1), version: campaign.version + 1 });
      expect(await titlesOf(ownerId)).to.deep.equal([]);
      expect(await titlesOf(uuid())).to.deep.equal([]);
    });

    it('filter by status, by dates that are included, and by the end of the id', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(stored);
      const other = await storedCampaign(stored, { ownerId });
      const early = { campaignId, title: 'Early', scheduledDate: at(1), id: '0199aaac-0000-7000-8000-0000decaf001' };
      await storedSession(stored, early);
      await storedSession(stored, { campaignId: other.id, title: 'Late', scheduledDate: at(3), status: 'cancelled' });
      await storedSession(stored, { campaignId, sessionNumber: 2, title: 'Undated', scheduledDate: null });
      const titles = (filter: Partial<SessionFilter>): Promise<readonly string[]> => titlesOf(ownerId, filter);
      expect(await titles({})).to.deep.equal(['Early', 'Late', 'Undated']);
      expect(await titles({ status: 'planned' })).to.deep.equal(['Early', 'Undated']);
      expect(await titles({ from: at(3) })).to.deep.equal(['Late']);
      expect(await titles({ to: at(1) })).to.deep.equal(['Early']);
      expect(await titles({ from: at(1, 1), to: at(2) })).to.deep.equal([]);
      expect(await titles({ idEnding: 'decaf001' })).to.deep.equal(['Early']);
    });

    it('come by date in pages of any size, what shares a date or has none too', async () => {
      const { id: one, ownerId } = await storedCampaign(stored);
      const { id: two } = await storedCampaign(stored, { ownerId });
      const days = [2, null, 1, 2, null, 1, 2, 3, null];
      for (const [index, day] of days.entries()) {
        const scheduledDate = day === null ? null : at(day);
        const campaignId = index % 3 === 0 ? two : one;
        // Ids that do not grow with the numbers: it is the id that decides among equals.
        const id = `0199aaad-0000-7000-8000-${String((index * 3) % 10).padStart(12, '0')}`;
        await storedSession(stored, { id, campaignId, sessionNumber: index + 1, scheduledDate });
      }
      const expected = [6, 3, 1, 7, 4, 8, 5, 2, 9];
      for (const limit of [1, 2, 3, 8, 9, 10]) {
        const read = await readToEnd(limit, (page) => queries.listMine(actorOf(ownerId), MINE, page));
        const numbers = read.map(({ value }) => value.sessionNumber);
        expect(numbers, `by ${limit}`).to.deep.equal(expected);
      }
    });
  });

  it('list in each order, in pages of any size, what shares a date or has none too', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const dates = [at(2), null, at(1, 1), at(2), at(1), null, at(2)];
    for (const [index, scheduledDate] of dates.entries()) {
      await storedSession(stored, { campaignId, sessionNumber: index + 1, scheduledDate });
    }
    const orders = {
      sessionNumber: [1, 2, 3, 4, 5, 6, 7],
      '-sessionNumber': [7, 6, 5, 4, 3, 2, 1],
      scheduledDate: [5, 3, 1, 4, 7, 2, 6],
      '-scheduledDate': [6, 2, 7, 4, 1, 3, 5],
    } as const;
    for (const order of SESSION_ORDERS) {
      for (const limit of [1, 2, 3, 6, 7, 8]) {
        const read = await readToEnd(limit, (page) => queries.list(actorOf(ownerId), campaignId, ALL, order, page));
        expect(
          read.map(({ value }) => value.sessionNumber),
          `${order} by ${limit}`,
        ).to.deep.equal(orders[order]);
      }
    }
  });

  it('say that more follow only where more follow', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    for (const sessionNumber of [1, 2]) await storedSession(stored, { campaignId, sessionNumber });
    const nextOf = async (limit: number): Promise<unknown> =>
      (await queries.list(actorOf(ownerId), campaignId, ALL, 'sessionNumber', { limit, after: null }))?.next;
    expect(await nextOf(1)).not.to.equal(null);
    expect(await nextOf(2)).to.equal(null);
    expect(await nextOf(3)).to.equal(null);
  });

  describe('on thousands of sessions', () => {
    let many: QueryDatabase;
    let campaignId: string;
    let viewerId: string;
    before(async () => {
      many = await openQueryDatabase({ connections: 1 });
      const campaign = await storedCampaign(many);
      campaignId = campaign.id;
      viewerId = campaign.ownerId;
      const others: string[] = [];
      for (let n = 0; n < 5; n += 1) others.push((await storedCampaign(many)).id);
      for (const id of [campaignId, ...others]) await fill(many, id, 1500);
      await ask(many.database, 'analyze');
    });
    after(() => many.database.close());

    const list = (order: (typeof SESSION_ORDERS)[number], filter: Partial<Filter>, after: Session | null) =>
      makeSessionQueries(many.reader).list(actorOf(viewerId), campaignId, { ...ALL, ...filter }, order, {
        limit: 20,
        after: after === null ? null : positionOf(after, order),
      });

    for (const order of SESSION_ORDERS) {
      it(`read no more than a page by ${order}, be it the first or the last one`, async () => {
        const everything = await readToEnd(100, (page) =>
          makeSessionQueries(many.reader).list(actorOf(viewerId), campaignId, ALL, order, page),
        );
        expect(everything).to.have.length(1500);
        const late = everything.at(-30)?.value ?? null;
        const index = order.endsWith('sessionNumber') ? 'sessions_number_unique' : 'sessions_by_date_index';
        for (const after of [null, late]) {
          const reads = await readsOf(many.database, 'sessions', () => list(order, {}, after));
          expect(reads).to.deep.include({ sequentialScans: 0, indexes: [index] });
          expect(reads.entries).to.be.within(20, 25);
        }
      });
    }

    it('read by status no more than what they show', async () => {
      const reads = await readsOf(many.database, 'sessions', () =>
        list('sessionNumber', { status: 'cancelled' }, null),
      );
      expect(reads).to.deep.include({ sequentialScans: 0, indexes: ['sessions_by_status_index'] });
      expect(reads.entries).to.be.within(1, 25);
    });

    it('read of each campaign of a viewer no more than a page, be it the first or the last one', async () => {
      const { id, ownerId } = await storedCampaign(many);
      for (const each of [id, (await storedCampaign(many, { ownerId })).id]) await fill(many, each, 1500);
      await ask(many.database, 'analyze');
      const { listMine } = makeSessionQueries(many.reader);
      const everything = await readToEnd(100, (page) => listMine(actorOf(ownerId), MINE, page));
      expect(everything).to.have.length(3000);
      const { value } = everything.at(-30) ?? {};
      const late = [value?.scheduledDate?.toISOString() ?? 'infinity', value?.id ?? ''];
      for (const after of [null, late]) {
        const reads = await readsOf(many.database, 'sessions', () =>
          listMine(actorOf(ownerId), MINE, { limit: 20, after }),
        );
        expect(reads).to.deep.include({ sequentialScans: 0, indexes: ['sessions_by_date_index'] });
        // Among those that share a date it is the id that decides: all of them are looked at.
        expect(reads.entries).to.be.within(40, 400);
      }
    });

    it('never read the whole table, whatever the filter', async () => {
      for (const order of SESSION_ORDERS) {
        for (const filter of [
          { from: at(1), to: at(2) },
          { from: at(28) },
          { status: 'planned' as const, to: at(1) },
          { status: 'completed' as const },
        ]) {
          const { sequentialScans } = await readsOf(many.database, 'sessions', () => list(order, filter, null));
          expect(sequentialScans, `${order} ${JSON.stringify(filter)}`).to.equal(0);
        }
      }
    });

    it('find one session by its key', async () => {
      const page = await list('sessionNumber', {}, null);
      const { id } = page?.items[0]?.value ?? { id: '' };
      const reads = await readsOf(many.database, 'sessions', () =>
        makeSessionQueries(many.reader).find(actorOf(viewerId), id),
      );
      expect(reads).to.deep.equal({ sequentialScans: 0, indexes: ['sessions_pkey'], entries: 1 });
    });
  });
});

/** As the cursor has it. */
function positionOf(session: Session, order: (typeof SESSION_ORDERS)[number]): (string | number)[] {
  const date = session.scheduledDate?.toISOString() ?? 'infinity';
  return order.endsWith('scheduledDate') ? [date, session.sessionNumber] : [session.sessionNumber];
}

/** Sessions of which one in ten has no date and one in a hundred is cancelled. */
async function fill({ database }: QueryDatabase, campaignId: string, count: number): Promise<void> {
  await ask(
    database,
    `insert into sessions (id, campaign_id, session_number, title, time_zone, status, scheduled_date, created_at,
       updated_at, version)
     select gen_random_uuid(), $1, n, 'Session ' || n, 'UTC', case n % 100 when 0 then 'cancelled' else 'planned' end,
       case n % 10 when 0 then null else timestamptz '2027-03-01 19:00:00Z' + n % 28 * interval '1 day' end,
       now(), now(), 1
     from generate_series(1, $2::int) n`,
    [campaignId, count],
  );
}
