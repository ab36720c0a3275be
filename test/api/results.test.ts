import { expect } from 'chai';
import type { ApiResponse } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  MINUTE,
  UNKNOWN_ID,
  bytesOf,
  etagOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
} from '../support/api.ts';

const everything = {
  summary: 'They <b>found</b> the bell',
  events: ['The tide came in', 'a < b'],
  playerDecisions: ['Spared the baker'],
  npcInteractions: [
    { npcId: UNKNOWN_ID, name: 'Mother Ash', note: 'Lied' },
    { npcId: null, name: 'The baker', note: null },
  ],
  worldChanges: ['The harbour is closed'],
  unfinishedThreads: ['Who rang the bell?', 'Where is the key?'],
  xpAwarded: 450,
  lootAwarded: ['A key'],
  deathCount: 1,
  durationMinutes: 245,
  mood: 'dramatic',
  gmSummary: 'Next time the tower falls',
};
const nothing = {
  summary: null,
  events: [],
  playerDecisions: [],
  npcInteractions: [],
  worldChanges: [],
  unfinishedThreads: [],
  xpAwarded: 0,
  lootAwarded: [],
  deathCount: 0,
  durationMinutes: null,
  mood: null,
  gmSummary: null,
};

describe('the API: results', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const finalize = (user: ApiUser, id: string, body?: unknown): Promise<ApiResponse> =>
    api.as(user).post(`/api/sessions/${id}/finalize`, body);
  const read = (user: ApiUser, id: string): Promise<ApiResponse> => api.as(user).get(`/api/sessions/${id}/results`);
  const amend = (user: ApiUser, id: string, body: unknown, ifMatch?: string): Promise<ApiResponse> =>
    api.as(user).patch(`/api/sessions/${id}/results`, body, ifMatch === undefined ? {} : { 'If-Match': ifMatch });
  const newTable = async (): Promise<{ gm: ApiUser; campaignId: string; id: string }> => {
    const gm = await api.newUser();
    const campaignId = await api.newCampaign(gm);
    return { gm, campaignId, id: await api.newSession(gm, campaignId) };
  };

  describe('finalizing', () => {
    for (const [state, path] of [
      ['planned', null],
      ['in_progress', 'start'],
    ] as const) {
      it(`completes a session that is ${state}, and keeps all results`, async () => {
        const { gm, id } = await newTable();
        if (path !== null) await api.as(gm).post(`/api/sessions/${id}/${path}`);
        const { body: before } = await api.as(gm).get(`/api/sessions/${id}`);
        api.clock.advance(MINUTE);
        const response = expectStatus(await finalize(gm, id, everything), 200);
        const now = api.clock.now().toISOString();
        const results = { ...everything, capturedAt: now };
        const session = {
          ...before,
          status: 'completed',
          completedDate: now,
          abilities: ['update', 'reopen', 'delete'],
          updatedAt: now,
        };
        expect(response.body).to.deep.equal({ ...session, results });
        const found = await read(gm, id);
        expect(found.body).to.deep.equal(results);
        const after = await api.as(gm).get(`/api/sessions/${id}`);
        expect(after.body).to.deep.equal(session);
        expect(new Set([etagOf(response), etagOf(found), etagOf(after)]).size).to.equal(1);
      });
    }

    it('takes what is not told for nothing, with an empty body or none', async () => {
      for (const body of [{}, undefined]) {
        const { gm, id } = await newTable();
        expectStatus(await finalize(gm, id, body), 200);
        expect((await read(gm, id)).body).to.deep.equal({ ...nothing, capturedAt: api.clock.now().toISOString() });
      }
    });

    it('strips names of tags and leaves Markdown as it is', async () => {
      const { gm, id } = await newTable();
      const markdown = ' <b>Keep</b>\n> a < b\n';
      await finalize(gm, id, {
        summary: markdown,
        gmSummary: markdown,
        events: [markdown],
        npcInteractions: [{ name: ' <b>Keep</b>\ta < b ', note: markdown }],
      });
      expect((await read(gm, id)).body).to.deep.include({
        summary: markdown,
        gmSummary: markdown,
        events: [markdown],
        npcInteractions: [{ npcId: null, name: 'Keep a < b', note: markdown }],
      });
    });

    it('keeps every entry of a list as it was written, whatever PostgreSQL makes of such signs elsewhere', async () => {
      const entries = [
        'null',
        'NULL',
        ' outer spaces ',
        ' ',
        '\n',
        'a, b',
        'one,\ntwo\tthree',
        '"quoted"\r\n',
        '{a,"b"}',
        'back\\slash\\',
        '\\n',
        '\u0001',
        "it's",
        '🐉',
      ];
      const lists = {
        events: entries,
        playerDecisions: entries,
        worldChanges: entries,
        unfinishedThreads: entries,
        lootAwarded: entries,
        npcInteractions: entries.map((note) => ({ npcId: null, name: 'A', note })),
      };
      const { gm, campaignId, id } = await newTable();
      expectStatus(await finalize(gm, id, lists), 200);
      expect((await read(gm, id)).body).to.deep.include(lists);
      expectStatus(await amend(gm, id, { events: entries.toReversed() }), 200);
      expect((await read(gm, id)).body.events).to.deep.equal(entries.toReversed());
      const summary = await api.as(gm).get(`/api/campaigns/${campaignId}/summary`);
      expect(summary.body.openThreads).to.deep.equal(entries);
    });

    it('is done once: the second of ten finds nothing to complete, and the first results stay', async () => {
      const { gm, id } = await newTable();
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => finalize(gm, id, { xpAwarded: n })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array<number>(9).fill(409)]);
      const winner = answers.findIndex(({ status }) => status === 200);
      expect((await read(gm, id)).body.xpAwarded).to.equal(winner);
      const before = await api.fingerprint();
      expectProblem(await finalize(gm, id, everything), 409, 'illegal_transition');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('refuses a cancelled session', async () => {
      const { gm, id } = await newTable();
      await api.as(gm).post(`/api/sessions/${id}/cancel`);
      expectProblem(await finalize(gm, id, everything), 409, 'illegal_transition');
      expectProblem(await read(gm, id), 404, 'not_found');
    });

    it('takes the most that is allowed', async () => {
      const { gm, id } = await newTable();
      const most = {
        summary: 'x'.repeat(100_000),
        lootAwarded: Array<string>(200).fill('🐉'),
        npcInteractions: Array.from({ length: 200 }, () => ({ npcId: null, name: 'x'.repeat(255), note: null })),
        xpAwarded: 10_000_000,
        deathCount: 10_000,
        durationMinutes: 10_080,
        mood: 'mixed',
      };
      expectStatus(await finalize(gm, id, most), 200);
      expect((await read(gm, id)).body).to.deep.include(most);
    });

    for (const [why, body, ...fields] of [
      ['text for experience', { xpAwarded: '5' }, 'xpAwarded'],
      ['null for experience', { xpAwarded: null }, 'xpAwarded'],
      ['fewer than no deaths', { deathCount: -1 }, 'deathCount'],
      ['half a death', { deathCount: 0.5 }, 'deathCount'],
      ['no minutes', { durationMinutes: 0 }, 'durationMinutes'],
      ['more than a week', { durationMinutes: 10_081 }, 'durationMinutes'],
      ['an unknown mood', { mood: 'sleepy' }, 'mood'],
      ['null for a list', { events: null }, 'events'],
      ['text for a list', { lootAwarded: 'gold' }, 'lootAwarded'],
      ['a number in a list', { events: ['a', 'b', 5] }, 'events[2]'],
      ['an empty entry', { unfinishedThreads: [''] }, 'unfinishedThreads[0]'],
      ['201 entries', { worldChanges: Array<string>(201).fill('x') }, 'worldChanges'],
      ['an entry that is too long', { playerDecisions: ['x'.repeat(10_001)] }, 'playerDecisions[0]'],
      ['somebody without a name', { npcInteractions: [{ note: 'x' }] }, 'npcInteractions[0].name'],
      ['an npcId that is none', { npcInteractions: [{ npcId: 'x', name: 'A' }] }, 'npcInteractions[0].npcId'],
      ['a field too many inside', { npcInteractions: [{ name: 'A', role: 'x' }] }, 'npcInteractions[0].role'],
      ['the moment of capture', { capturedAt: '2026-11-23T19:00:00Z' }, 'capturedAt'],
      ['a NUL', { gmSummary: 'a\0' }, 'gmSummary'],
      ['a lone surrogate', { events: ['\ud83d'] }, 'events[0]'],
    ] as const) {
      it(`refuses ${why}, and writes nothing; amending too`, async () => {
        const { gm, campaignId, id } = await newTable();
        const done = await api.newSession(gm, campaignId);
        await finalize(gm, done, everything);
        const before = await api.fingerprint();
        expectInvalid(await finalize(gm, id, body), ...fields);
        expectInvalid(await amend(gm, done, body), ...fields);
        expect(await api.fingerprint()).to.equal(before);
      });
    }
  });

  describe('reading', () => {
    it('finds nothing before the session is finalized, as if there were no session', async () => {
      const { gm, id } = await newTable();
      const response = await read(gm, id);
      expectProblem(response, 404, 'not_found');
      expect(bytesOf(response)).to.equal(bytesOf(await read(gm, UNKNOWN_ID)));
    });

    it('answers 304 as long as the ETag holds', async () => {
      const { gm, id } = await newTable();
      await finalize(gm, id, everything);
      const etag = etagOf(await read(gm, id));
      const ask = (): Promise<ApiResponse> => api.as(gm).get(`/api/sessions/${id}/results`, { 'If-None-Match': etag });
      expectStatus(await ask(), 304);
      await amend(gm, id, { xpAwarded: 1 });
      expectStatus(await ask(), 200);
    });

    it('leaves out what is for GMs only from what players and viewers get', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const id = await api.newSession(gm, campaignId, { gmNotes: 'Next time the tower falls' });
      const finalized = await finalize(gm, id, everything);
      expect(finalized.text).to.include(everything.gmSummary);
      for (const user of [owner, gm]) expect((await read(user, id)).body.gmSummary).to.equal(everything.gmSummary);
      for (const user of [player, viewer]) {
        const response = expectStatus(await read(user, id), 200);
        const { gmSummary, ...shown } = everything;
        expect(response.body).to.deep.include(shown).and.not.to.have.any.keys('gmSummary');
        expect(response.text).not.to.include(gmSummary);
      }
      expect(etagOf(await read(gm, id))).not.to.equal(etagOf(await read(player, id)));
    });
  });

  describe('amending', () => {
    it('changes what is sent and nothing else, as a change of the session', async () => {
      const { gm, id } = await newTable();
      await finalize(gm, id, everything);
      let expected = (await read(gm, id)).body;
      for (const change of [
        { summary: null },
        { events: [] },
        { playerDecisions: ['Another'] },
        { npcInteractions: [{ npcId: null, name: 'Another', note: null }] },
        { worldChanges: ['Another'] },
        { unfinishedThreads: [] },
        { xpAwarded: 0 },
        { lootAwarded: ['Another'] },
        { deathCount: 2 },
        { durationMinutes: null },
        { mood: null },
        { gmSummary: null },
      ]) {
        api.clock.advance(1);
        const response = expectStatus(await amend(gm, id, change), 200);
        expected = { ...expected, ...change };
        expect(response.body).to.deep.equal(expected);
        const session = await api.as(gm).get(`/api/sessions/${id}`);
        expect([session.body.updatedAt, etagOf(session)]).to.deep.equal([
          api.clock.now().toISOString(),
          etagOf(response),
        ]);
      }
      expect((await read(gm, id)).body).to.deep.equal(expected);
    });

    it('changes only the version that If-Match names', async () => {
      const { gm, id } = await newTable();
      await finalize(gm, id, everything);
      const etag = etagOf(await read(gm, id));
      expectStatus(await amend(gm, id, { xpAwarded: 1 }, etag), 200);
      const before = await api.fingerprint();
      expectProblem(await amend(gm, id, { xpAwarded: 2 }, etag), 412, 'version_conflict');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('is for completed sessions', async () => {
      const { gm, id } = await newTable();
      const before = await api.fingerprint();
      expectProblem(await amend(gm, id, { xpAwarded: 1 }), 409, 'illegal_transition');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('of the newest session changes the open threads of the campaign', async () => {
      const { gm, campaignId, id } = await newTable();
      await finalize(gm, id, everything);
      const threads = async (): Promise<unknown> =>
        (await api.as(gm).get(`/api/campaigns/${campaignId}/summary`)).body.openThreads;
      expect(await threads()).to.deep.equal(everything.unfinishedThreads);
      await amend(gm, id, { unfinishedThreads: ['Where is the key?'] });
      expect(await threads()).to.deep.equal(['Where is the key?']);
    });
  });

  it('are to members only: another campaign, an unknown session and no id are told in the same bytes', async () => {
    const { gm, id } = await newTable();
    await finalize(gm, id, everything);
    const stranger = await api.newUser();
    const before = await api.fingerprint();
    for (const call of [
      (each: string) => read(stranger, each),
      (each: string) => amend(stranger, each, { xpAwarded: 1 }),
      (each: string) => finalize(stranger, each, {}),
    ]) {
      const answers = await Promise.all([id, UNKNOWN_ID, 'no-id'].map(call));
      answers.forEach((answer) => {
        expectProblem(answer, 404, 'not_found');
      });
      expect(new Set(answers.map((answer) => bytesOf(answer))).size).to.equal(1);
    }
    expect(await api.fingerprint()).to.equal(before);
  });

  it('log no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
