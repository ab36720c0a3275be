import { expect } from 'chai';
import type { ApiResponse } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  UNKNOWN_ID,
  bytesOf,
  etagOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import { everything, makeSessionCalls } from '../support/session-calls.ts';

const DATE = '2026-12-04T19:00:00.000Z';

describe('the API: sessions', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const { newTable, patch, post, read, schedule } = makeSessionCalls(() => api);

  describe('scheduling', () => {
    it('answers the session with its defaults, where it is, and its ETag', async () => {
      const { gm, campaignId } = await newTable();
      const response = await schedule(gm, campaignId, { title: 'Low tide' });
      expect(response.status, response.text).to.equal(201);
      const id = textAt(response.body, 'id');
      const now = api.clock.now().toISOString();
      expect(response.body).to.deep.equal({
        id,
        campaignId,
        sessionNumber: 1,
        title: 'Low tide',
        description: null,
        gmNotes: null,
        scheduledDate: null,
        timeZone: 'UTC',
        durationMinutes: null,
        status: 'planned',
        startedAt: null,
        completedDate: null,
        cancelledReason: null,
        abilities: ['update', 'start', 'finalize', 'cancel', 'reschedule', 'delete'],
        createdAt: now,
        updatedAt: now,
      });
      expect(response.headers.get('Location')).to.equal(`/api/sessions/${id}`);
      const found = await read(gm, id);
      expect([found.body, etagOf(found)]).to.deep.equal([response.body, etagOf(response)]);
    });

    it('keeps every field that is sent', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId, everything);
      expect((await read(gm, id)).body).to.deep.include(everything);
    });

    it('strips the title of tags, and leaves Markdown as it is', async () => {
      const { gm, campaignId } = await newTable();
      const markdown = ' <b>Keep</b>\n\n> a < b\n';
      const body = { title: ' <b>Keep</b>\ta < b ', description: markdown, gmNotes: markdown };
      expect((await schedule(gm, campaignId, body)).body).to.include({
        title: 'Keep a < b',
        description: markdown,
        gmNotes: markdown,
      });
    });

    it('tells every date in UTC, to the millisecond', async () => {
      const { gm, campaignId } = await newTable();
      for (const [sent, told] of [
        ['2026-12-04T20:30:00+01:30', DATE],
        ['2026-12-04T19:00:00Z', DATE],
        ['2026-12-04T19:00:00.123456789Z', '2026-12-04T19:00:00.123Z'],
        ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
        ['1900-01-01T00:00:00Z', '1900-01-01T00:00:00.000Z'],
        ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
      ] as const) {
        const id = await api.newSession(gm, campaignId, { scheduledDate: sent });
        expect((await read(gm, id)).body.scheduledDate, sent).to.equal(told);
      }
    });

    it('gives the numbers 1, 2, 3 in each campaign on its own', async () => {
      const { gm, campaignId } = await newTable();
      const other = await api.newCampaign(gm);
      const numbers: unknown[] = [];
      for (const id of [campaignId, campaignId, other, campaignId]) {
        numbers.push((await schedule(gm, id, { title: 'x' })).body.sessionNumber);
      }
      expect(numbers).to.deep.equal([1, 2, 1, 3]);
    });

    it('takes a given number, goes on after it, and refuses one that is taken, be it in the trash', async () => {
      const { gm, campaignId } = await newTable();
      const give = (sessionNumber?: number): Promise<ApiResponse> =>
        schedule(gm, campaignId, { title: 'x', ...(sessionNumber !== undefined && { sessionNumber }) });
      expect((await give(5)).body.sessionNumber).to.equal(5);
      const six = await give();
      expect(six.body.sessionNumber).to.equal(6);
      expect((await give(2)).body.sessionNumber).to.equal(2);
      expectStatus(await api.as(gm).delete(`/api/sessions/${textAt(six.body, 'id')}`), 204);
      const before = await api.fingerprint();
      for (const taken of [2, 5, 6]) expectProblem(await give(taken), 409, 'session_number_taken');
      expect(await api.fingerprint()).to.equal(before);
      expect((await give()).body.sessionNumber).to.equal(7);
    });

    it('gives twenty at once the numbers 1 to 20', async () => {
      const { gm, campaignId } = await newTable();
      const answers = await Promise.all(Array.from({ length: 20 }, () => schedule(gm, campaignId, { title: 'x' })));
      expect(answers.map(({ status }) => status)).to.deep.equal(Array<number>(20).fill(201));
      const numbers = answers.map(({ body }) => Number(body.sessionNumber)).sort((a, b) => a - b);
      expect(numbers).to.deep.equal(Array.from({ length: 20 }, (_, n) => n + 1));
    });

    it('gives one of ten at once the number that all want', async () => {
      const { gm, campaignId } = await newTable();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => schedule(gm, campaignId, { title: 'x', sessionNumber: 3 })),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, ...Array<number>(9).fill(409)]);
    });

    for (const [why, values, ...fields] of [
      ['no title', { title: undefined }, 'title'],
      ['a blank title', { title: '<br>' }, 'title'],
      ['a title of 256 characters', { title: 'x'.repeat(256) }, 'title'],
      ['a date that does not exist', { scheduledDate: '2026-02-30T19:00:00Z' }, 'scheduledDate'],
      ['a leap day in another year', { scheduledDate: '2027-02-29T19:00:00Z' }, 'scheduledDate'],
      ['the 24th hour', { scheduledDate: '2026-02-28T24:00:00Z' }, 'scheduledDate'],
      ['half an offset', { scheduledDate: '2026-02-28T19:00:00+01' }, 'scheduledDate'],
      ['an abbreviation for a time zone', { timeZone: 'IST' }, 'timeZone'],
      ['a date without a time', { scheduledDate: '2026-02-28' }, 'scheduledDate'],
      ['a date in words', { scheduledDate: 'tomorrow' }, 'scheduledDate'],
      ['a date as a number', { scheduledDate: 1_700_000_000_000 }, 'scheduledDate'],
      ['a date that is infinite', { scheduledDate: 'infinity' }, 'scheduledDate'],
      ['a year before 1900', { scheduledDate: '1899-12-31T23:59:59Z' }, 'scheduledDate'],
      ['an unknown time zone', { timeZone: 'Europe/Atlantis' }, 'timeZone'],
      ['an offset for a time zone', { timeZone: '+01:00' }, 'timeZone'],
      ['null for a time zone', { timeZone: null }, 'timeZone'],
      ['no minutes at all', { durationMinutes: 0 }, 'durationMinutes'],
      ['more than a day', { durationMinutes: 1441 }, 'durationMinutes'],
      ['half a minute', { durationMinutes: 0.5 }, 'durationMinutes'],
      ['the number 0', { sessionNumber: 0 }, 'sessionNumber'],
      ['a number beyond all', { sessionNumber: 1_000_001 }, 'sessionNumber'],
      ['a number as text', { sessionNumber: '1' }, 'sessionNumber'],
      ['null for a number', { sessionNumber: null }, 'sessionNumber'],
      ['a status', { status: 'completed' }, 'status'],
      ['a campaign in the body', { campaignId: UNKNOWN_ID }, 'campaignId'],
      ['several faults at once', { durationMinutes: '1', gmNotes: 5, x: 1 }, 'durationMinutes', 'gmNotes', 'x'],
      ['a NUL in the notes', { gmNotes: 'a\0b' }, 'gmNotes'],
      ['a lone surrogate in the notes', { gmNotes: '\ud83d' }, 'gmNotes'],
      ['notes that are too long', { gmNotes: 'x'.repeat(100_001) }, 'gmNotes'],
    ] as const) {
      it(`refuses ${why}, and writes nothing`, async () => {
        const { gm, campaignId } = await newTable();
        const before = await api.fingerprint();
        expectInvalid(await schedule(gm, campaignId, { title: 'x', ...values }), ...fields);
        expect(await api.fingerprint()).to.equal(before);
      });
    }
  });

  describe('reading', () => {
    it('answers 304 as long as the ETag holds', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const etag = etagOf(await read(gm, id));
      const ask = (): Promise<ApiResponse> => api.as(gm).get(`/api/sessions/${id}`, { 'If-None-Match': etag });
      expectStatus(await ask(), 304);
      await patch(gm, id, { gmNotes: 'Another' });
      expectStatus(await ask(), 200);
    });

    it('leaves out what is for GMs only from what players and viewers get, everywhere', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const id = await api.newSession(gm, campaignId, everything);
      for (const user of [owner, gm]) {
        expect((await read(user, id)).body.gmNotes).to.equal(everything.gmNotes);
        const { items } = await api.as(user).get(`/api/campaigns/${campaignId}/sessions`);
        expect(items[0]?.gmNotes).to.equal(everything.gmNotes);
      }
      for (const user of [player, viewer]) {
        for (const response of [
          await read(user, id),
          await api.as(user).get(`/api/campaigns/${campaignId}/sessions`),
        ]) {
          const session = response.items[0] ?? response.body;
          expect(session).to.include({ id, title: everything.title }).and.not.to.have.any.keys('gmNotes');
          expect(response.text).not.to.include('baker').and.not.to.include('gmNotes');
        }
      }
      expect(etagOf(await read(gm, id))).not.to.equal(etagOf(await read(player, id)));
    });

    it('names what each role can do in each state', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const planned = await api.newSession(gm, campaignId);
      const running = await api.newSession(gm, campaignId);
      const completed = await api.newSession(gm, campaignId);
      const cancelled = await api.newSession(gm, campaignId);
      expectStatus(await post(gm, running, 'start'), 200);
      expectStatus(await post(gm, completed, 'finalize', {}), 200);
      expectStatus(await post(gm, cancelled, 'cancel'), 200);
      for (const [id, verbs] of [
        [planned, ['update', 'start', 'finalize', 'cancel', 'reschedule', 'delete']],
        [running, ['update', 'finalize', 'cancel', 'reopen', 'delete']],
        [completed, ['update', 'reopen', 'delete']],
        [cancelled, ['update', 'reschedule', 'reopen', 'delete']],
      ] as const) {
        for (const user of [owner, gm]) expect((await read(user, id)).body.abilities).to.deep.equal(verbs);
        for (const user of [player, viewer]) expect((await read(user, id)).body.abilities).to.deep.equal([]);
      }
    });
  });

  for (const method of ['patch', 'put'] as const) {
    describe(`changing by ${method.toUpperCase()}`, () => {
      it('changes what is sent and nothing else', async () => {
        const { gm, campaignId } = await newTable();
        const id = await api.newSession(gm, campaignId, everything);
        let expected = (await read(gm, id)).body;
        for (const change of [
          { title: 'Another' },
          { description: 'Another' },
          { gmNotes: 'Another' },
          { scheduledDate: '2027-01-01T00:00:00.000Z' },
          { timeZone: 'America/New_York' },
          { durationMinutes: 90 },
          { sessionNumber: 12 },
        ]) {
          api.clock.advance(1);
          const response = await api.as(gm)[method](`/api/sessions/${id}`, change);
          expected = { ...expected, ...change, updatedAt: api.clock.now().toISOString() };
          expect(response.status, response.text).to.equal(200);
          expect(response.body).to.deep.equal(expected);
        }
        expect((await read(gm, id)).body).to.deep.equal(expected);
      });

      it('empties by null what may be empty', async () => {
        const { gm, campaignId } = await newTable();
        const id = await api.newSession(gm, campaignId, everything);
        const empty = { description: null, gmNotes: null, scheduledDate: null, durationMinutes: null };
        const response = await api.as(gm)[method](`/api/sessions/${id}`, empty);
        expect(response.body).to.include({ ...everything, ...empty });
      });

      it('changes only the version that If-Match names', async () => {
        const { gm, campaignId } = await newTable();
        const id = await api.newSession(gm, campaignId);
        const etag = etagOf(await read(gm, id));
        const change = (tag: string): Promise<ApiResponse> =>
          api.as(gm)[method](`/api/sessions/${id}`, { title: 'Another' }, { 'If-Match': tag });
        expectStatus(await change(etag), 200);
        const before = await api.fingerprint();
        expectProblem(await change(etag), 412, 'version_conflict');
        expect(await api.fingerprint()).to.equal(before);
      });
    });
  }

  describe('changing', () => {
    it('takes another number, which the next ones follow, and refuses one that is taken', async () => {
      const { gm, campaignId } = await newTable();
      const first = await api.newSession(gm, campaignId);
      await api.newSession(gm, campaignId);
      expectProblem(await patch(gm, first, { sessionNumber: 2 }), 409, 'session_number_taken');
      expect((await patch(gm, first, { sessionNumber: 1 })).body.sessionNumber).to.equal(1);
      expect((await patch(gm, first, { sessionNumber: 9 })).body.sessionNumber).to.equal(9);
      expect((await schedule(gm, campaignId, { title: 'x' })).body.sessionNumber).to.equal(10);
    });

    it('leaves the date of what is not planned to rescheduling', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId, { scheduledDate: DATE });
      await post(gm, id, 'start');
      const other = '2027-01-01T00:00:00.000Z';
      expectProblem(await patch(gm, id, { scheduledDate: other }), 409, 'illegal_transition');
      expectStatus(await patch(gm, id, { scheduledDate: DATE, title: 'As the form sends it' }), 200);
    });

    it('refuses what scheduling refuses, and changes nothing', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const before = await api.fingerprint();
      expectInvalid(await patch(gm, id, { title: null }), 'title');
      expectInvalid(await patch(gm, id, { scheduledDate: '2026-02-30T19:00:00Z' }), 'scheduledDate');
      expectInvalid(await patch(gm, id, { timeZone: 'Mars/Olympus', sessionNumber: 500 }), 'timeZone');
      expectInvalid(await patch(gm, id, { status: 'completed', campaignId: UNKNOWN_ID }), 'status', 'campaignId');
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('access', () => {
    interface Call {
      readonly name: string;
      readonly reads: boolean;
      send(user: ApiUser, id: string): Promise<ApiResponse>;
    }
    const onCampaigns: readonly Call[] = [
      { name: 'list', reads: true, send: (user, id) => api.as(user).get(`/api/campaigns/${id}/sessions`) },
      { name: 'schedule', reads: false, send: (user, id) => schedule(user, id, { title: 'x' }) },
    ];
    const onSessions: readonly Call[] = [
      { name: 'get', reads: true, send: (user, id) => read(user, id) },
      { name: 'patch', reads: false, send: (user, id) => patch(user, id, { title: 'x' }) },
      { name: 'put', reads: false, send: (user, id) => api.as(user).put(`/api/sessions/${id}`, { title: 'x' }) },
      { name: 'cancel', reads: false, send: (user, id) => post(user, id, 'cancel') },
      {
        name: 'reschedule',
        reads: false,
        send: (user, id) => post(user, id, 'reschedule', { scheduledDate: DATE }),
      },
      { name: 'start', reads: false, send: (user, id) => post(user, id, 'start') },
      { name: 'finalize', reads: false, send: (user, id) => post(user, id, 'finalize', {}) },
      { name: 'getResults', reads: true, send: (user, id) => api.as(user).get(`/api/sessions/${id}/results`) },
      { name: 'amend', reads: false, send: (user, id) => api.as(user).patch(`/api/sessions/${id}/results`, {}) },
      { name: 'delete', reads: false, send: (user, id) => api.as(user).delete(`/api/sessions/${id}`) },
      { name: 'restore', reads: false, send: (user, id) => post(user, id, 'restore') },
    ];

    for (const role of ['owner', 'gm', 'player', 'viewer'] as const) {
      it(`as ${role} is to ${role === 'owner' || role === 'gm' ? 'everything' : 'what reads; the rest is forbidden, and changes nothing'}`, async () => {
        const party = await api.newParty();
        const session = await api.newSession(party.gm, party.campaignId);
        const reader = role === 'player' || role === 'viewer';
        // The calls follow each other as a session's life does; where the role may not, a GM goes on.
        for (const { name, reads, send } of [...onCampaigns, ...onSessions]) {
          const id = name === 'list' || name === 'schedule' ? party.campaignId : session;
          const before = await api.fingerprint();
          const response = await send(party[role], id);
          if (!reader || reads) expect(response.status, `${name} ${response.text}`).to.be.oneOf([200, 201, 204]);
          else {
            expectProblem(response, 403, 'forbidden');
            expect(await api.fingerprint(), name).to.equal(before);
            expect((await send(party.gm, id)).status, name).to.be.oneOf([200, 201, 204]);
          }
        }
      });
    }

    it('is to members only: another campaign, an unknown one and no id at all are told in the same bytes', async () => {
      const party = await api.newParty();
      const session = await api.newSession(party.gm, party.campaignId);
      // A GM elsewhere, with a session of the same number.
      const stranger = party.stranger;
      await api.newSession(stranger, await api.newCampaign(stranger));
      const before = await api.fingerprint();
      for (const [calls, foreign] of [
        [onCampaigns, party.campaignId],
        [onSessions, session],
      ] as const) {
        for (const { name, send } of calls) {
          const ids = [foreign, UNKNOWN_ID, 'no-id', `${foreign}%00`, '..%2Fsessions'];
          const answers = await Promise.all(ids.map((id) => send(stranger, id)));
          answers.forEach((answer) => {
            expectProblem(answer, 404, 'not_found');
          });
          expect(new Set(answers.map((answer) => bytesOf(answer))).size, name).to.equal(1);
        }
      }
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
