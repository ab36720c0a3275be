import { expect } from 'chai';
import { allPages, nextLink } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  UNKNOWN_ID,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import { startRealServer } from '../support/real-server.ts';

const onDay = (day: number): string => `2027-03-0${day}T19:00:00.000Z`;

describe('the API: my sessions, in all my campaigns', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });

  const titlesOf = async (user: ApiUser, query = ''): Promise<unknown[]> => {
    const { items } = expectStatus(await api.as(user).get(`/api/sessions${query}`), 200);
    return items.map(({ title }) => title);
  };
  /** Two campaigns, in one of which the user only plays. */
  const newTables = async (): Promise<{ readonly user: ApiUser; readonly mine: string; readonly theirs: string }> => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const [mine, theirs] = [await api.newCampaign(user), await api.newCampaign(other)];
    await api.join(theirs, 'player', user);
    await api.newSession(user, mine, { title: 'Some day' });
    await api.newSession(user, mine, { title: 'Third', scheduledDate: onDay(3) });
    await api.newSession(other, theirs, { title: 'First', scheduledDate: onDay(1), gmNotes: 'A trap' });
    await api.newSession(other, theirs, { title: 'Second', scheduledDate: onDay(2) });
    await api.newSession(other, await api.newCampaign(other), { title: 'Not mine', scheduledDate: onDay(1) });
    return { user, mine, theirs };
  };

  it('come by date, those without one last, each as it is read alone', async () => {
    const { user } = await newTables();
    const { items } = await api.as(user).get('/api/sessions');
    expect(items.map(({ title }) => title)).to.deep.equal(['First', 'Second', 'Third', 'Some day']);
    const alone = items.map(async (item) => (await api.as(user).get(`/api/sessions/${textAt(item, 'id')}`)).body);
    expect(items).to.deep.equal(await Promise.all(alone));
    expect(items.map((item) => Object.hasOwn(item, 'gmNotes'))).to.deep.equal([false, false, true, true]);
  });

  it('are none for who is in no campaign', async () => {
    const answer = expectStatus(await api.as(await api.newUser()).get('/api/sessions'), 200);
    expect([answer.text, answer.headers.get('Link')]).to.deep.equal(['[]', null]);
  });

  it('are no longer those of a campaign that was left, or that lies in the trash', async () => {
    const { user, mine, theirs } = await newTables();
    expectStatus(await api.as(user).delete(`/api/campaigns/${theirs}/members/${user.id}`), 204);
    expect(await titlesOf(user)).to.deep.equal(['Third', 'Some day']);
    expectStatus(await api.as(user).delete(`/api/campaigns/${mine}`), 204);
    expect(await titlesOf(user)).to.deep.equal([]);
  });

  it('show what is new at once where answers are cached, be it of a campaign that they did not show', async () => {
    const server = await startRealServer({ cache: true });
    try {
      const { token } = await server.newUser();
      const made: string[] = [];
      for (const name of ['One', 'Two']) {
        made.push(String((await server.call('POST', '/api/campaigns', { token, body: { name } })).body.id));
      }
      const titles: string[] = [];
      for (const [title, campaignId] of [
        ['First', made[0]],
        ['Second', made[1]],
        ['Third', made[0]],
      ] as const) {
        await server.call('GET', '/api/sessions', { token });
        await server.call('POST', `/api/campaigns/${campaignId}/sessions`, { token, body: { title } });
        titles.push(title);
        const { items } = await server.call('GET', '/api/sessions', { token });
        expect(items.map((item) => item.title)).to.deep.equal(titles);
      }
    } finally {
      await server.close();
    }
  });

  it('are narrowed by status, and by dates that are included', async () => {
    const { user, mine } = await newTables();
    const id = await api.newSession(user, mine, { title: 'Off', scheduledDate: onDay(4) });
    expectStatus(await api.as(user).post(`/api/sessions/${id}/cancel`, {}), 200);
    expect(await titlesOf(user, '?status=cancelled')).to.deep.equal(['Off']);
    expect(await titlesOf(user, `?from=${onDay(2)}&status=planned`)).to.deep.equal(['Second', 'Third']);
    expect(await titlesOf(user, `?from=${onDay(1)}&to=${onDay(2)}`)).to.deep.equal(['First', 'Second']);
  });

  it('go on to the end, nothing twice while others come', async () => {
    const { user, mine } = await newTables();
    for (let n = 0; n < 4; n += 1) await api.newSession(user, mine, { title: `Also ${n}`, scheduledDate: onDay(2) });
    const all = await titlesOf(user);
    expect(all).to.have.length(8);
    for (const limit of [1, 3, 8]) {
      const { items, pages } = await allPages(api.as(user), `/api/sessions?limit=${limit}`);
      expect(items.map(({ title }) => title)).to.deep.equal(all);
      expect(pages).to.equal(Math.ceil(8 / limit));
    }
    const { items } = await allPages(api.as(user), '/api/sessions?limit=3', async () => {
      await api.newSession(user, mine, { title: 'New', scheduledDate: '2027-01-01T19:00:00Z' });
    });
    expect(items.map(({ title }) => title)).to.deep.equal(all);
  });

  it('refuse a cursor of others, of other filters, or of a campaign’s list', async () => {
    const { user, mine } = await newTables();
    const other = await api.newUser();
    const cursorOf = async (path: string): Promise<string> => {
      const next = nextLink(expectStatus(await api.as(user).get(`${path}?limit=1`), 200)) ?? '';
      return new URL(next, api.url).searchParams.get('cursor') ?? '';
    };
    const cursor = await cursorOf('/api/sessions');
    expectStatus(await api.as(user).get(`/api/sessions?cursor=${cursor}`), 200);
    for (const answer of [
      await api.as(other).get(`/api/sessions?cursor=${cursor}`),
      await api.as(user).get(`/api/sessions?status=planned&cursor=${cursor}`),
      await api.as(user).get(`/api/sessions?cursor=${await cursorOf(`/api/campaigns/${mine}/sessions`)}`),
    ]) {
      expectProblem(answer, 400, 'invalid_cursor');
    }
  });

  it('are refused where the query is no filter of theirs', async () => {
    const user = await api.newUser();
    for (const [query, field] of [
      ['status=lost', 'status'],
      ['from=yesterday', 'from'],
      ['to=2026-02-30T00:00:00Z', 'to'],
      ['sort=scheduledDate', 'sort'],
      ['number=1', 'number'],
      ['idEnding=abc', 'idEnding'],
      ['limit=101', 'limit'],
    ] as const) {
      expectInvalid(await api.as(user).get(`/api/sessions?${query}`), field);
    }
  });

  describe('what a reference means', () => {
    it('is asked by the number of a session, or by the end of its id in whatever case', async () => {
      const { user, mine } = await newTables();
      const list = `/api/campaigns/${mine}/sessions`;
      const { items } = await api.as(user).get(list);
      const [first, second] = items.map((item) => textAt(item, 'id'));
      const idsOf = async (path: string): Promise<unknown[]> =>
        expectStatus(await api.as(user).get(path), 200).items.map(({ id }) => id);
      expect(await idsOf(`${list}?number=2`)).to.deep.equal([second]);
      expect(await idsOf(`${list}?number=3`)).to.deep.equal([]);
      for (const ending of [first?.slice(-8), first?.slice(-8).toUpperCase(), first]) {
        expect(await idsOf(`${list}?idEnding=${ending}`)).to.deep.equal([first]);
        expect(await idsOf(`/api/sessions?idEnding=${ending}`)).to.deep.equal([first]);
      }
      expect(await idsOf(`${list}?idEnding=${UNKNOWN_ID}`)).to.deep.equal([]);
      expect(await idsOf(`${list}?idEnding=${first}&number=2`)).to.deep.equal([]);
    });

    it('is asked by the whole name of a campaign, in any spelling, or by the end of its id in whatever case', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user, { name: 'The Salt Road' });
      await api.newCampaign(user, { name: 'The Salt Road, again' });
      const namesOf = async (query: string): Promise<unknown[]> =>
        expectStatus(await api.as(user).get(`/api/campaigns?${query}`), 200).items.map(({ name }) => name);
      for (const same of ['The+Salt+Road', 'the+salt+ROAD', 'The+Sa%CC%81lt+Road']) {
        expect(await namesOf(`name=${same}`), same).to.deep.equal(['The Salt Road']);
      }
      for (const other of ['The+Salt', 'The+Salt+Road%25', '', '%25']) {
        expect(await namesOf(`name=${other}`), other).to.deep.equal([]);
      }
      for (const ending of [id.slice(-4), id.slice(-9).toUpperCase(), id]) {
        expect(await namesOf(`idEnding=${ending}`)).to.include('The Salt Road');
      }
      expect(await namesOf(`idEnding=${UNKNOWN_ID}`)).to.deep.equal([]);
      expect(await namesOf(`idEnding=${id}&name=The+Salt+Road%2C+again`)).to.deep.equal([]);
    });

    it('is no answer about what is of others', async () => {
      const { user } = await newTables();
      const other = await api.newUser();
      const campaignId = await api.newCampaign(other, { name: 'Secret' });
      const id = await api.newSession(other, campaignId);
      for (const path of [
        '/api/campaigns?name=Secret',
        `/api/campaigns?idEnding=${campaignId}`,
        `/api/sessions?idEnding=${id}`,
      ]) {
        expect(expectStatus(await api.as(user).get(path), 200).text, path).to.equal('[]');
      }
    });

    it('is refused where it cannot be one', async () => {
      const { user, mine } = await newTables();
      for (const [query, field] of [
        ['number=0', 'number'],
        ['number=1000001', 'number'],
        ['number=one', 'number'],
        ['idEnding=abc', 'idEnding'],
        ['idEnding=xyzw', 'idEnding'],
        ['idEnding=%25%25%25%25', 'idEnding'],
        [`idEnding=0${UNKNOWN_ID}`, 'idEnding'],
        ['idEnding=', 'idEnding'],
      ] as const) {
        expectInvalid(await api.as(user).get(`/api/campaigns/${mine}/sessions?${query}`), field);
      }
      for (const [query, field] of [
        ['idEnding=abc', 'idEnding'],
        [`name=${'x'.repeat(256)}`, 'name'],
        ['name=%00', 'name'],
        ['number=1', 'number'],
      ] as const) {
        expectInvalid(await api.as(user).get(`/api/campaigns?${query}`), field);
      }
    });
  });
});
