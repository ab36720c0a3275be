import { expect } from 'chai';
import { type ApiResponse, allPages, nextLink } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  DAY,
  MINUTE,
  UNKNOWN_ID,
  bytesOf,
  etagOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
} from '../support/api.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';

/** Of a campaign whose world is empty. */
const NO_ENTRIES = Object.fromEntries(WORLD_SAMPLES.map(({ noun }) => [noun.plural, 0]));

describe('the API: campaigns', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const read = (user: ApiUser, id: string): Promise<ApiResponse> => api.as(user).get(`/api/campaigns/${id}`);
  const patch = (user: ApiUser, id: string, body: object, ifMatch?: string): Promise<ApiResponse> =>
    api.as(user).patch(`/api/campaigns/${id}`, body, ifMatch === undefined ? {} : { 'If-Match': ifMatch });
  const namesOf = async (user: ApiUser, query = ''): Promise<unknown[]> => {
    const response = expectStatus(await api.as(user).get(`/api/campaigns${query}`), 200);
    return response.items.map(({ name }) => name);
  };

  const everything = {
    name: 'The Drowned Bell',
    description: '# Chapter one\n\n<b>kept</b> as *written*',
    setting: 'A drowned coast',
    theme: 'Debt',
    tone: 'Bleak',
    system: 'D&D 5e',
    playerCount: 5,
    partyLevel: 7,
    timeZone: 'America/Sao_Paulo',
  };

  describe('creating', () => {
    it('answers the campaign with its defaults, where it is, and its ETag', async () => {
      const user = await api.newUser();
      const response = await api.as(user).post('/api/campaigns', { name: 'The Drowned Bell' });
      expect(response.status, response.text).to.equal(201);
      const { id } = response.body;
      const now = api.clock.now().toISOString();
      expect(response.body).to.deep.equal({
        id,
        name: 'The Drowned Bell',
        description: null,
        setting: null,
        theme: null,
        tone: null,
        system: null,
        playerCount: 4,
        partyLevel: 1,
        timeZone: 'UTC',
        status: 'active',
        ownerId: user.id,
        role: 'owner',
        abilities: ['update', 'delete', 'invite', 'manage-members'],
        createdAt: now,
        updatedAt: now,
      });
      const location = response.headers.get('Location') ?? '';
      expect(location).to.equal(`/api/campaigns/${String(id)}`);
      const found = await api.as(user).get(location);
      expect(found.body).to.deep.equal(response.body);
      expect(etagOf(found)).to.equal(etagOf(response));
    });

    it('keeps every field that is sent', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user, everything);
      expect((await read(user, id)).body).to.deep.include(everything);
    });

    it('strips single lines of tags, control characters and outer space, and leaves Markdown as it is', async () => {
      const user = await api.newUser();
      const response = await api.as(user).post('/api/campaigns', {
        name: '  <b>Keep</b> ',
        setting: 'a < b',
        theme: 'one\ntwo\u0007',
        tone: '<<b>script>alert(1)</script>grim',
        system: '<script>alert(1)</script>',
        description: '  <b>Keep</b> a < b\n',
      });
      expect(response.status, response.text).to.equal(201);
      expect(response.body).to.include({
        name: 'Keep',
        setting: 'a < b',
        theme: 'one two',
        system: '',
        description: '  <b>Keep</b> a < b\n',
      });
      expect(response.body.tone).not.to.match(/<[a-z]/i);
    });

    it('takes the longest texts and the bounds of numbers', async () => {
      const user = await api.newUser();
      const long = { name: 'ß'.repeat(255), description: 'x'.repeat(100_000), playerCount: 20, partyLevel: 30 };
      expect((await read(user, await api.newCampaign(user, long))).body).to.include(long);
      const least = { playerCount: 1, partyLevel: 1 };
      expect((await read(user, await api.newCampaign(user, least))).body).to.include(least);
    });

    for (const [why, body, ...fields] of [
      ['no name', {}, 'name'],
      ['a blank name', { name: ' \t ' }, 'name'],
      ['a name of nothing but tags', { name: '<i></i>' }, 'name'],
      ['null for a name', { name: null }, 'name'],
      ['a number for a name', { name: 5 }, 'name'],
      ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
      ['a NUL in a name', { name: 'a\0b' }, 'name'],
      ['a lone surrogate', { name: 'a', theme: '\udc00' }, 'theme'],
      ['a description that is too long', { name: 'a', description: 'x'.repeat(100_001) }, 'description'],
      ['text for a number', { name: 'a', playerCount: '5' }, 'playerCount'],
      ['null for a number', { name: 'a', partyLevel: null }, 'partyLevel'],
      ['a time zone that there is not', { name: 'a', timeZone: 'Mars/Base' }, 'timeZone'],
      ['an abbreviation for a time zone', { name: 'a', timeZone: 'IST' }, 'timeZone'],
      ['a fraction', { name: 'a', partyLevel: 1.5 }, 'partyLevel'],
      ['numbers below their bounds', { name: 'a', playerCount: 0, partyLevel: 0 }, 'playerCount', 'partyLevel'],
      ['numbers above their bounds', { name: 'a', playerCount: 21, partyLevel: 31 }, 'playerCount', 'partyLevel'],
      ['fields of the server', { name: 'a', id: UNKNOWN_ID, ownerId: UNKNOWN_ID }, 'id', 'ownerId'],
      ['a status', { name: 'a', status: 'paused' }, 'status'],
      ['__proto__', JSON.parse('{"name":"a","__proto__":{"role":"owner"}}'), '__proto__'],
    ] as const) {
      it(`refuses ${why}, and writes nothing`, async () => {
        const user = await api.newUser();
        const before = await api.fingerprint();
        expectInvalid(await api.as(user).post('/api/campaigns', body), ...fields);
        expect(await api.fingerprint()).to.equal(before);
      });
    }
  });

  describe('reading', () => {
    it('answers 304 as long as the ETag holds, in each of its forms', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const etag = etagOf(await read(user, id));
      const ask = (tag: string): Promise<ApiResponse> =>
        api.as(user).get(`/api/campaigns/${id}`, { 'If-None-Match': tag });
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const response = await ask(tag);
        expect([response.status, etagOf(response)], tag).to.deep.equal([304, etag]);
      }
      expectStatus(await ask('"other"'), 200);
      await patch(user, id, { name: 'Another' });
      expectStatus(await ask(etag), 200);
    });

    it('shows each role its own abilities, under an ETag of its own', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const seen = await Promise.all([owner, gm, player, viewer].map((user) => read(user, campaignId)));
      expect(seen.map(({ body }) => [body.role, body.abilities])).to.deep.equal([
        ['owner', ['update', 'delete', 'invite', 'manage-members']],
        ['gm', ['update', 'invite']],
        ['player', []],
        ['viewer', []],
      ]);
      expect(new Set(seen.map(etagOf)).size).to.equal(4);
    });

    it('answers another ETag when the role changes', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      const etag = etagOf(await read(gm, campaignId));
      await api.as(owner).patch(`/api/campaigns/${campaignId}/members/${gm.id}`, { role: 'player' });
      const again = await api.as(gm).get(`/api/campaigns/${campaignId}`, { 'If-None-Match': etag });
      expect([again.status, again.body.role]).to.deep.equal([200, 'player']);
    });
  });

  for (const method of ['patch', 'put'] as const) {
    describe(`changing by ${method.toUpperCase()}`, () => {
      it('changes what is sent and nothing else', async () => {
        const user = await api.newUser();
        const id = await api.newCampaign(user, everything);
        let expected = (await read(user, id)).body;
        for (const change of [
          { name: 'Another' },
          { description: 'Another' },
          { setting: 'Another' },
          { theme: 'Another' },
          { tone: 'Another' },
          { system: 'Another' },
          { playerCount: 6 },
          { partyLevel: 8 },
          { timeZone: 'Asia/Kolkata' },
          { status: 'paused' },
        ]) {
          api.clock.advance(1);
          const response = await api.as(user)[method](`/api/campaigns/${id}`, change);
          expected = { ...expected, ...change, updatedAt: api.clock.now().toISOString() };
          expect(response.status, response.text).to.equal(200);
          expect(response.body).to.deep.equal(expected);
        }
        expect((await read(user, id)).body).to.deep.equal(expected);
      });

      it('empties by null what may be empty', async () => {
        const user = await api.newUser();
        const id = await api.newCampaign(user, everything);
        const empty = { description: null, setting: null, theme: null, tone: null, system: null };
        const response = await api.as(user)[method](`/api/campaigns/${id}`, empty);
        expect(response.body).to.include({ ...empty, name: everything.name, playerCount: 5, partyLevel: 7 });
      });

      it('changes only the version that If-Match names', async () => {
        const user = await api.newUser();
        const id = await api.newCampaign(user);
        const etag = etagOf(await read(user, id));
        const change = (name: string, tag: string): Promise<ApiResponse> =>
          api.as(user)[method](`/api/campaigns/${id}`, { name }, { 'If-Match': tag });
        const changed = expectStatus(await change('Second', `"other", ${etag}`), 200);
        expect(etagOf(changed)).not.to.equal(etag);
        const before = await api.fingerprint();
        for (const stale of [etag, `W/${etag}`, '"0"', '"other"']) {
          expectProblem(await change('Third', stale), 412, 'version_conflict');
        }
        expect(await api.fingerprint()).to.equal(before);
        expectStatus(await change('Third', '*'), 200);
      });
    });
  }

  describe('changing', () => {
    it('takes one of ten changes at once of the same version', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const etag = etagOf(await read(user, id));
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => patch(user, id, { name: `Change ${n}` }, etag)),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array<number>(9).fill(412)]);
    });

    it('takes all of ten changes at once that name no version', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => patch(user, id, { partyLevel: n + 1 })));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      expect(new Set(answers.map(etagOf)).size).to.equal(10);
    });

    it('takes every status, and no other', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      for (const status of ['paused', 'completed', 'archived', 'active']) {
        expect((await patch(user, id, { status })).body.status).to.equal(status);
      }
      expectInvalid(await patch(user, id, { status: 'lost' }), 'status');
      expectInvalid(await patch(user, id, { status: null }), 'status');
    });

    it('refuses what creating refuses, and changes nothing', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const before = await api.fingerprint();
      expectInvalid(await patch(user, id, { name: '' }), 'name');
      expectInvalid(await patch(user, id, { name: null, partyLevel: 31 }), 'name', 'partyLevel');
      expectInvalid(await patch(user, id, { ownerId: UNKNOWN_ID }), 'ownerId');
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('the trash', () => {
    const remove = (user: ApiUser, id: string, ifMatch?: string): Promise<ApiResponse> =>
      api.as(user).delete(`/api/campaigns/${id}`, ifMatch === undefined ? {} : { 'If-Match': ifMatch });
    const restore = (user: ApiUser, id: string): Promise<ApiResponse> =>
      api.as(user).post(`/api/campaigns/${id}/restore`);

    it('hides the campaign and all that is in it, and gives it back as it was', async () => {
      const { campaignId, owner, player } = await api.newParty();
      const sessionId = await api.newSession(owner, campaignId);
      const before = await read(owner, campaignId);
      api.clock.advance(1);
      expectStatus(await remove(owner, campaignId), 204);
      for (const user of [owner, player]) {
        for (const path of [
          `/api/campaigns/${campaignId}`,
          `/api/campaigns/${campaignId}/summary`,
          `/api/campaigns/${campaignId}/members`,
          `/api/campaigns/${campaignId}/sessions`,
          `/api/sessions/${sessionId}`,
        ]) {
          expectProblem(await api.as(user).get(path), 404, 'not_found');
        }
        expect(await namesOf(user)).to.deep.equal([]);
      }
      expectProblem(await remove(owner, campaignId), 404, 'not_found');
      expectProblem(await patch(owner, campaignId, { name: 'x' }), 404, 'not_found');
      expectProblem(await api.as(owner).post(`/api/sessions/${sessionId}/start`), 404, 'not_found');
      expectProblem(
        await api.as(owner).post(`/api/campaigns/${campaignId}/sessions`, { title: 'x' }),
        404,
        'not_found',
      );

      const restored = expectStatus(await restore(owner, campaignId), 200);
      expect(restored.body).to.deep.equal({ ...before.body, updatedAt: api.clock.now().toISOString() });
      expect(etagOf(restored)).not.to.equal(etagOf(before));
      expectStatus(await api.as(player).get(`/api/sessions/${sessionId}`), 200);
    });

    it('takes only the version that If-Match names', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const etag = etagOf(await read(user, id));
      const changed = await patch(user, id, { name: 'Second' });
      expectProblem(await remove(user, id, etag), 412, 'version_conflict');
      expectStatus(await read(user, id), 200);
      expectStatus(await remove(user, id, etagOf(changed)), 204);
    });

    it('keeps the campaign for 30 days, to the millisecond', async () => {
      const user = await api.newUser();
      const [kept, lost] = [await api.newCampaign(user), await api.newCampaign(user)];
      await remove(user, kept);
      await remove(user, lost);
      api.clock.advance(30 * DAY);
      const again = await api.logIn(user);
      expectStatus(await restore(again, kept), 200);
      api.clock.advance(1);
      const response = await restore(again, lost);
      expectProblem(response, 404, 'not_found');
      expect(bytesOf(response)).to.equal(bytesOf(await restore(again, UNKNOWN_ID)));
    });

    it('leaves a campaign that is not in it as it is', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const before = await read(user, id);
      api.clock.advance(MINUTE);
      const response = expectStatus(await restore(user, id), 200);
      expect([response.body, etagOf(response)]).to.deep.equal([before.body, etagOf(before)]);
    });
  });

  describe('the list', () => {
    it('shows mine and those I am a member of, newest first, each as it is read alone', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      const first = await api.newCampaign(user, { name: 'First' });
      const second = await api.newCampaign(other, { name: 'Second' });
      await api.newCampaign(other, { name: 'Not mine' });
      const third = await api.newCampaign(user, { name: 'Third' });
      await api.join(second, 'viewer', user);
      const { items } = await api.as(user).get('/api/campaigns');
      const alone = await Promise.all([third, second, first].map((id) => read(user, id)));
      expect(items).to.deep.equal(alone.map(({ body }) => body));
      expect(items.map(({ role }) => role)).to.deep.equal(['owner', 'viewer', 'owner']);
    });

    it('is narrowed by status, role and words of the name', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      await api.newCampaign(user, { name: 'Red Moon' });
      const paused = await api.newCampaign(user, { name: 'Red Sun' });
      await patch(user, paused, { status: 'paused' });
      await api.join(await api.newCampaign(other, { name: 'Blue moon' }), 'player', user);
      expect(await namesOf(user, '?status=paused')).to.deep.equal(['Red Sun']);
      expect(await namesOf(user, '?status=archived')).to.deep.equal([]);
      expect(await namesOf(user, '?role=player')).to.deep.equal(['Blue moon']);
      expect(await namesOf(user, '?q=MOON')).to.deep.equal(['Blue moon', 'Red Moon']);
      expect(await namesOf(user, '?q=red&status=active&role=owner')).to.deep.equal(['Red Moon']);
    });

    it('shows 20 unless told otherwise, and goes on to the end, nothing twice while others are added', async () => {
      const user = await api.newUser();
      for (let n = 1; n <= 25; n += 1) await api.newCampaign(user, { name: `Campaign ${n}` });
      const expected = Array.from({ length: 25 }, (_, n) => `Campaign ${25 - n}`);
      const whole = await allPages(api.as(user), '/api/campaigns', () => api.newCampaign(user, { name: 'Late' }));
      expect(whole.items.map(({ name }) => name)).to.deep.equal(expected);
      expect(whole.pages).to.equal(2);
      const few = await allPages(api.as(user), '/api/campaigns?q=campaign&limit=7', () =>
        api.newCampaign(user, { name: 'Campaign late' }),
      );
      expect(few.items.map(({ name }) => name)).to.deep.equal(expected);
      expect(few.pages).to.equal(4);
    });

    it('has no further page where the last one is full', async () => {
      const user = await api.newUser();
      for (let n = 0; n < 4; n += 1) await api.newCampaign(user);
      expect((await allPages(api.as(user), '/api/campaigns?limit=2')).pages).to.equal(2);
      expect((await allPages(api.as(user), '/api/campaigns?limit=4')).pages).to.equal(1);
    });

    it('keeps its filters on further pages, whatever is in them', async () => {
      const user = await api.newUser();
      for (let n = 0; n < 3; n += 1) {
        await api.newCampaign(user, { name: `100% & more ${n}` });
        await api.newCampaign(user, { name: `100 & more ${n}` });
      }
      const path = `/api/campaigns?limit=1&status=active&q=${encodeURIComponent('100% &')}`;
      expect((await allPages(api.as(user), path)).items.map(({ name }) => name)).to.deep.equal([
        '100% & more 2',
        '100% & more 1',
        '100% & more 0',
      ]);
    });

    it('refuses a cursor that was altered, or comes with other filters, from others or from another list', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      const id = await api.newCampaign(user);
      await api.newCampaign(user);
      const next = nextLink(await api.as(user).get('/api/campaigns?limit=1&status=active')) ?? '';
      const cursor = new URL(next, api.url).searchParams.get('cursor') ?? '';
      const ask = (query: string, asking = user): Promise<ApiResponse> => api.as(asking).get(`/api/campaigns?${query}`);
      expectStatus(await ask(`status=active&cursor=${cursor}`), 200);
      expectStatus(await ask(`status=active&limit=50&cursor=${cursor}`), 200);
      const altered = Buffer.from(cursor, 'base64url');
      altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
      for (const query of [
        `status=active&cursor=${altered.toString('base64url')}`,
        `status=active&cursor=${cursor.slice(0, -2)}`,
        `status=active&cursor=${cursor}A`,
        `status=active&cursor=${cursor}=`,
        'status=active&cursor=',
        'status=active&cursor=WzFd',
        `status=paused&cursor=${cursor}`,
        `status=active&q=a&cursor=${cursor}`,
        `cursor=${cursor}`,
      ]) {
        expectProblem(await ask(query), 400, 'invalid_cursor');
      }
      expectProblem(await ask(`status=active&cursor=${cursor}`, other), 400, 'invalid_cursor');
      const elsewhere = await api.as(user).get(`/api/campaigns/${id}/sessions?cursor=${cursor}`);
      expectProblem(elsewhere, 400, 'invalid_cursor');
    });

    it('refuses what is no filter, no limit, or given twice', async () => {
      const user = await api.newUser();
      for (const [query, field] of [
        ['status=lost', 'status'],
        ['role=king', 'role'],
        ['limit=0', 'limit'],
        ['limit=101', 'limit'],
        ['limit=1.5', 'limit'],
        ['limit=abc', 'limit'],
        ['limit=', 'limit'],
        ['limit=1e1', 'limit'],
        ['page=2', 'page'],
        ['status=active&status=paused', 'status'],
        [`q=${'x'.repeat(256)}`, 'q'],
        ['q=%00', 'q'],
      ] as const) {
        expectInvalid(await api.as(user).get(`/api/campaigns?${query}`), field);
      }
    });
  });

  describe('the summary', () => {
    it('is empty for a new campaign', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      expect((await api.as(user).get(`/api/campaigns/${id}/summary`)).body).to.deep.equal({
        sessionsCompleted: 0,
        sessionsTotal: 0,
        nextSession: null,
        lastSession: null,
        members: 1,
        ...NO_ENTRIES,
        openThreads: [],
      });
    });

    it('counts, and names the last session, the next one and the open threads to every member', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const scheduledDate = new Date(api.clock.now().getTime() + DAY).toISOString();
      const played = await api.newSession(gm, campaignId, { title: 'Played', gmNotes: 'the baker did it' });
      const next = await api.newSession(gm, campaignId, { title: 'Next', scheduledDate });
      await api.newSession(gm, campaignId, { title: 'Some day' });
      const completedDate = api.clock.now().toISOString();
      const results = { unfinishedThreads: ['Who rang the bell?'], gmSummary: 'the baker did it' };
      expectStatus(await api.as(gm).post(`/api/sessions/${played}/finalize`, results), 200);
      for (const user of [owner, gm, player, viewer]) {
        const response = await api.as(user).get(`/api/campaigns/${campaignId}/summary`);
        expect(response.body).to.deep.equal({
          sessionsCompleted: 1,
          sessionsTotal: 3,
          nextSession: {
            id: next,
            sessionNumber: 2,
            title: 'Next',
            scheduledDate,
            timeZone: 'UTC',
            completedDate: null,
          },
          lastSession: {
            ...{ id: played, sessionNumber: 1, title: 'Played', scheduledDate: null, timeZone: 'UTC', completedDate },
          },
          members: 4,
          ...NO_ENTRIES,
          openThreads: ['Who rang the bell?'],
        });
        expect(response.text).not.to.include('baker');
      }
    });

    it('looks from the present moment: what was planned for the past is not next', async () => {
      const user = await api.newUser();
      const id = await api.newCampaign(user);
      const scheduledDate = new Date(api.clock.now().getTime() + MINUTE).toISOString();
      await api.newSession(user, id, { scheduledDate });
      const next = async (): Promise<unknown> =>
        (await api.as(user).get(`/api/campaigns/${id}/summary`)).body.nextSession;
      api.clock.advance(MINUTE);
      expect(await next()).not.to.equal(null);
      api.clock.advance(1);
      expect(await next()).to.equal(null);
    });
  });

  describe('access', () => {
    const calls = {
      getCampaign: (user, id) => api.as(user).get(`/api/campaigns/${id}`),
      getCampaignSummary: (user, id) => api.as(user).get(`/api/campaigns/${id}/summary`),
      updateCampaign: (user, id) => api.as(user).patch(`/api/campaigns/${id}`, { name: 'Changed' }),
      updateCampaignByPut: (user, id) => api.as(user).put(`/api/campaigns/${id}`, { name: 'Changed' }),
      restoreCampaign: (user, id) => api.as(user).post(`/api/campaigns/${id}/restore`),
      deleteCampaign: (user, id) => api.as(user).delete(`/api/campaigns/${id}`),
    } as const satisfies Readonly<Record<string, (user: ApiUser, id: string) => Promise<ApiResponse>>>;
    const allowed = {
      getCampaign: ['owner', 'gm', 'player', 'viewer'],
      getCampaignSummary: ['owner', 'gm', 'player', 'viewer'],
      updateCampaign: ['owner', 'gm'],
      updateCampaignByPut: ['owner', 'gm'],
      restoreCampaign: ['owner'],
      deleteCampaign: ['owner'],
    } as const satisfies Record<keyof typeof calls, readonly string[]>;

    it('is by role: the others are forbidden, and change nothing', async () => {
      const party = await api.newParty();
      for (const name of [
        'getCampaign',
        'getCampaignSummary',
        'updateCampaign',
        'updateCampaignByPut',
        'restoreCampaign',
        'deleteCampaign',
      ] as const) {
        // The weakest first: the last call deletes the campaign.
        for (const role of ['viewer', 'player', 'gm', 'owner'] as const) {
          const before = await api.fingerprint();
          const response = await calls[name](party[role], party.campaignId);
          const may: readonly string[] = allowed[name];
          if (may.includes(role)) expect(response.status, `${role} ${name}`).to.be.oneOf([200, 204]);
          else {
            expectProblem(response, 403, 'forbidden');
            expect(await api.fingerprint(), `${role} ${name}`).to.equal(before);
          }
        }
      }
    });

    it('is to members only: another campaign, an unknown one and no id at all are told in the same bytes', async () => {
      const { campaignId, stranger } = await api.newParty();
      const before = await api.fingerprint();
      for (const [name, call] of Object.entries(calls)) {
        const ids = [campaignId, UNKNOWN_ID, 'no-id', campaignId.toUpperCase(), `${campaignId}%00`, '%F0%9F%90%89'];
        const answers = await Promise.all(ids.map((id) => call(stranger, id)));
        answers.forEach((answer) => {
          expectProblem(answer, 404, 'not_found');
        });
        expect(new Set(answers.map((answer) => bytesOf(answer))).size, name).to.equal(1);
      }
      expect(await api.fingerprint()).to.equal(before);
    });

    it('to a trashed campaign is as to none, for everybody but who may restore it', async () => {
      const party = await api.newParty();
      expectStatus(await calls.deleteCampaign(party.owner, party.campaignId), 204);
      const answers = await Promise.all([
        calls.getCampaign(party.gm, party.campaignId),
        calls.updateCampaign(party.gm, party.campaignId),
        calls.deleteCampaign(party.owner, party.campaignId),
        calls.getCampaign(party.stranger, party.campaignId),
        calls.restoreCampaign(party.stranger, party.campaignId),
      ]);
      expect(new Set(answers.map((answer) => bytesOf(answer))).size).to.equal(1);
      expectProblem(await calls.restoreCampaign(party.gm, party.campaignId), 403, 'forbidden');
    });
  });

  it('takes a path as it is: neither in another case nor with a slash behind it', async () => {
    const user = await api.newUser();
    const id = await api.newCampaign(user);
    for (const path of [`/api/Campaigns/${id}`, `/api/campaigns/${id}/`, '/api/campaign', '/']) {
      expectProblem(await api.as(user).get(path), 404, 'no_such_route');
    }
    expectProblem(await api.as(user).post(`/api/campaigns/${id}`, {}), 405, 'method_not_allowed');
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
