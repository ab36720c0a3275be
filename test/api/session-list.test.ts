import { expect } from 'chai';
import { makeLocalCaller } from '../../adapters/cli/local-caller.ts';
import { listSessions } from '../../adapters/operations/sessions.ts';
import { PAGE_BYTES } from '../../infrastructure/database/cut-page.ts';
import { type ApiResponse, allPages, nextLink } from '../support/api-clients.ts';
import { type Api, type ApiUser, expectInvalid, expectProblem, expectStatus, startApi } from '../support/api.ts';
import { makeSessionCalls } from '../support/session-calls.ts';

const DATE = '2026-12-04T19:00:00.000Z';

describe('the API: the list of sessions', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const { newTable, post, read } = makeSessionCalls(() => api);
  const numbersOf = (items: readonly { readonly sessionNumber?: unknown }[]): unknown[] =>
    items.map(({ sessionNumber }) => sessionNumber);

  describe('the list', () => {
    const listOf = (user: ApiUser, campaignId: string, query = ''): Promise<ApiResponse> =>
      api.as(user).get(`/api/campaigns/${campaignId}/sessions${query}`);

    it('shows each session as it is read alone, by number', async () => {
      const { gm, campaignId } = await newTable();
      const second = await api.newSession(gm, campaignId, { sessionNumber: 2 });
      const first = await api.newSession(gm, campaignId, { sessionNumber: 1 });
      await api.newSession(gm, await api.newCampaign(gm));
      const alone = await Promise.all([first, second].map((id) => read(gm, id)));
      expect((await listOf(gm, campaignId)).items).to.deep.equal(alone.map(({ body }) => body));
    });

    it('is empty, not missing, for a campaign without sessions', async () => {
      const { gm, campaignId } = await newTable();
      const response = expectStatus(await listOf(gm, campaignId), 200);
      expect([response.text, response.headers.get('Link')]).to.deep.equal(['[]', null]);
    });

    it('is narrowed by status, and by dates that are included', async () => {
      const { gm, campaignId } = await newTable();
      for (const day of ['01', '02', '03']) {
        await api.newSession(gm, campaignId, { scheduledDate: `2027-03-${day}T19:00:00.000Z` });
      }
      await post(gm, await api.newSession(gm, campaignId), 'cancel');
      const numbers = async (query: string): Promise<unknown[]> =>
        numbersOf(expectStatus(await listOf(gm, campaignId, query), 200).items);
      expect(await numbers('?status=cancelled')).to.deep.equal([4]);
      expect(await numbers('?status=planned')).to.deep.equal([1, 2, 3]);
      expect(await numbers('?from=2027-03-02T19:00:00Z')).to.deep.equal([2, 3]);
      expect(await numbers('?from=2027-03-02T19:00:00.001Z')).to.deep.equal([3]);
      expect(await numbers('?to=2027-03-02T20:00:00%2B01:00')).to.deep.equal([1, 2]);
      expect(await numbers('?from=2027-03-02T00:00:00Z&to=2027-03-02T23:59:59Z&status=planned')).to.deep.equal([2]);
    });

    /** Dates of sessions 1 to 9: two evenings are shared, and three sessions have no date. */
    const evenings = ['05', null, '01', '05', '03', null, '01', '05', null];
    const orders = {
      sessionNumber: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      '-sessionNumber': [9, 8, 7, 6, 5, 4, 3, 2, 1],
      scheduledDate: [3, 7, 5, 1, 4, 8, 2, 6, 9],
      '-scheduledDate': [9, 6, 2, 8, 4, 1, 5, 7, 3],
    } as const;
    for (const sort of ['sessionNumber', '-sessionNumber', 'scheduledDate', '-scheduledDate'] as const) {
      it(`goes on to the end by ${sort}, equal and missing dates too, nothing twice while others come and go`, async () => {
        const { gm, campaignId } = await newTable();
        for (const day of evenings) {
          const scheduledDate = day === null ? null : `2027-03-${day}T19:00:00.000Z`;
          await api.newSession(gm, campaignId, { scheduledDate });
        }
        const expected = orders[sort];
        expect(numbersOf((await listOf(gm, campaignId, `?sort=${sort}`)).items)).to.deep.equal(expected);
        for (const limit of [1, 2, 4]) {
          const path = `/api/campaigns/${campaignId}/sessions?sort=${sort}&limit=${limit}`;
          const { items, pages } = await allPages(api.as(gm), path);
          expect(numbersOf(items), `limit ${limit}`).to.deep.equal(expected);
          expect(pages).to.equal(Math.ceil(9 / limit));
        }
        const path = `/api/campaigns/${campaignId}/sessions?sort=${sort}&limit=2`;
        let added = 0;
        const { items } = await allPages(api.as(gm), path, async () => {
          // One that sorts before what was read and one that sorts anywhere; a row that was read goes.
          const edge = sort === 'scheduledDate' ? '2027-01-01T19:00:00Z' : null;
          if (added < 3) await api.newSession(gm, campaignId, { scheduledDate: edge });
          added += 1;
        });
        const numbers = numbersOf(items);
        expect(new Set(numbers).size).to.equal(numbers.length);
        expect(numbers.filter((number) => Number(number) <= 9)).to.deep.equal(expected);
      });
    }

    it('has bounded pages of long texts, whole ones and all of them, for the API and for the command line', async () => {
      const { gm, campaignId } = await newTable();
      const text = `${'Low tide, and the bell. '.repeat(4160)}🐉`;
      const ids: string[] = [];
      for (let n = 0; n < 9; n += 1) {
        ids.push(await api.newSession(gm, campaignId, { description: text, gmNotes: text }));
      }
      const first = expectStatus(await listOf(gm, campaignId, '?limit=100'), 200);
      expect(first.items).to.have.length(2);
      expect(nextLink(first)).to.be.a('string');
      // Two texts a session; of the page's second session the begin is within its bytes.
      expect(first.text.length).to.be.within(PAGE_BYTES, PAGE_BYTES + 3 * text.length);
      const { items, pages } = await allPages(api.as(gm), `/api/campaigns/${campaignId}/sessions?limit=100`);
      expect([numbersOf(items), pages]).to.deep.equal([[1, 2, 3, 4, 5, 6, 7, 8, 9], 5]);
      expect(items.every(({ description, gmNotes }) => description === text && gmNotes === text)).to.equal(true);
      expect((await read(gm, ids[0] ?? '')).body).to.include({ description: text, gmNotes: text });

      const caller = makeLocalCaller(api.application, gm.id);
      for (const [limit, found] of [
        [undefined, 9],
        [5, 5],
        [1, 1],
      ] as const) {
        expect(await caller.pages(listSessions, { params: { campaignId } }, limit)).to.have.length(found);
      }
    });

    it('skips nothing when a session that was read is deleted', async () => {
      const { gm, campaignId } = await newTable();
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) ids.push(await api.newSession(gm, campaignId));
      const { items } = await allPages(api.as(gm), `/api/campaigns/${campaignId}/sessions?limit=2`, async () => {
        await api.as(gm).delete(`/api/sessions/${ids.shift() ?? ''}`);
      });
      expect(numbersOf(items)).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it('keeps its filters on further pages', async () => {
      const { gm, campaignId } = await newTable();
      for (let n = 0; n < 6; n += 1) {
        const id = await api.newSession(gm, campaignId, { scheduledDate: `2027-03-0${n + 1}T19:00:00.000Z` });
        if (n % 2 === 0) await post(gm, id, 'cancel');
      }
      const query = 'status=cancelled&from=2027-03-02T00:00:00%2B00:00&sort=-scheduledDate&limit=1';
      const { items } = await allPages(api.as(gm), `/api/campaigns/${campaignId}/sessions?${query}`);
      expect(numbersOf(items)).to.deep.equal([5, 3]);
    });

    it('refuses a cursor that was altered, or comes with another order, filter, campaign or user', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      for (let n = 0; n < 2; n += 1) await api.newSession(gm, campaignId);
      const other = await api.newCampaign(gm);
      const next = nextLink(await listOf(gm, campaignId, '?limit=1')) ?? '';
      const cursor = new URL(next, api.url).searchParams.get('cursor') ?? '';
      expectStatus(await listOf(gm, campaignId, `?cursor=${cursor}`), 200);
      for (const query of [
        `?cursor=${cursor}&sort=-sessionNumber`,
        `?cursor=${cursor}&sort=scheduledDate`,
        `?cursor=${cursor}&status=planned`,
        `?cursor=${cursor}&from=${DATE}`,
        `?cursor=${cursor.toLowerCase()}`,
        `?cursor=${cursor.slice(1)}`,
      ]) {
        expectProblem(await listOf(gm, campaignId, query), 400, 'invalid_cursor');
      }
      expectProblem(await listOf(gm, other, `?cursor=${cursor}`), 400, 'invalid_cursor');
      expectProblem(await listOf(owner, campaignId, `?cursor=${cursor}`), 400, 'invalid_cursor');
    });

    it('refuses what is no filter, no order and no date', async () => {
      const { gm, campaignId } = await newTable();
      for (const [query, field] of [
        ['status=lost', 'status'],
        ['sort=title', 'sort'],
        ['sort=', 'sort'],
        ['from=2026-02-30T00:00:00Z', 'from'],
        ['from=yesterday', 'from'],
        ['to=2026-02-28', 'to'],
        ['timeZone=CST', 'timeZone'],
        ['from=2026-02-28T19:00:00+01:00', 'from'],
        ['limit=0', 'limit'],
        ['limit=101', 'limit'],
        ['offset=2', 'offset'],
      ] as const) {
        expectInvalid(await listOf(gm, campaignId, `?${query}`), field);
      }
    });
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
