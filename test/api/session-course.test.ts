import { expect } from 'chai';
import type { ApiResponse } from '../support/api-clients.ts';
import { type Api, DAY, MINUTE, etagOf, expectInvalid, expectProblem, expectStatus, startApi } from '../support/api.ts';
import { everything, makeSessionCalls } from '../support/session-calls.ts';

const DATE = '2026-12-04T19:00:00.000Z';

describe('the API: the course of a session', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const { newTable, patch, post, read } = makeSessionCalls(() => api);

  describe('its course', () => {
    it('starts', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const before = await read(gm, id);
      api.clock.advance(MINUTE);
      const response = expectStatus(await post(gm, id, 'start', {}), 200);
      const now = api.clock.now().toISOString();
      expect(response.body).to.include({ status: 'in_progress', startedAt: now, updatedAt: now, completedDate: null });
      expect(etagOf(response)).not.to.equal(etagOf(before));
    });

    it('is cancelled, with a reason or without', async () => {
      const { gm, campaignId } = await newTable();
      for (const [body, cancelledReason] of [
        [{ reason: ' <i>Two</i> are ill ' }, 'Two are ill'],
        [{ reason: null }, null],
        [{}, null],
        [undefined, null],
      ] as const) {
        const response = await post(gm, await api.newSession(gm, campaignId), 'cancel', body);
        expect(response.body).to.include({ status: 'cancelled', cancelledReason });
      }
    });

    it('is rescheduled, and keeps the zone and the length that are not given', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId, everything);
      await post(gm, id, 'cancel', { reason: 'Rain' });
      const response = await post(gm, id, 'reschedule', { scheduledDate: '2027-01-01T20:00:00+01:00' });
      expect(response.body).to.include({
        status: 'planned',
        scheduledDate: '2027-01-01T19:00:00.000Z',
        timeZone: 'Europe/Berlin',
        durationMinutes: 240,
        cancelledReason: null,
      });
      const body = { scheduledDate: DATE, timeZone: 'Asia/Tokyo', durationMinutes: null };
      expect((await post(gm, id, 'reschedule', body)).body).to.include(body);
    });

    const courses = {
      planned: [],
      in_progress: ['start'],
      completed: ['finalize'],
      cancelled: ['cancel'],
    } as const;
    const legal = {
      planned: ['start', 'cancel', 'reschedule', 'finalize'],
      in_progress: ['cancel', 'finalize', 'reopen'],
      completed: ['reopen'],
      cancelled: ['reschedule', 'reopen'],
    } as const satisfies Record<keyof typeof courses, readonly string[]>;
    for (const state of ['planned', 'in_progress', 'completed', 'cancelled'] as const) {
      it(`from ${state} leads to no other state than the contract says`, async () => {
        const { gm, campaignId } = await newTable();
        const may: readonly string[] = legal[state];
        for (const verb of ['start', 'cancel', 'reschedule', 'finalize', 'reopen']) {
          const id = await api.newSession(gm, campaignId);
          for (const step of courses[state]) expectStatus(await post(gm, id, step, {}), 200);
          const before = await api.fingerprint();
          const response = await post(gm, id, verb, verb === 'reschedule' ? { scheduledDate: DATE } : {});
          if (may.includes(verb)) expectStatus(response, 200);
          else {
            expectProblem(response, 409, 'illegal_transition');
            expect(await api.fingerprint()).to.equal(before);
          }
        }
      });
    }

    it('starts once for ten that start it at once', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(gm, id, 'start')));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, ...Array<number>(9).fill(409)]);
    });

    it('refuses bodies that are not asked for', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const before = await api.fingerprint();
      expectInvalid(await post(gm, id, 'start', { at: DATE }), 'at');
      expectInvalid(await post(gm, id, 'cancel', { reason: 5 }), 'reason');
      expectInvalid(await post(gm, id, 'reschedule', {}), 'scheduledDate');
      expectInvalid(await post(gm, id, 'reschedule', { scheduledDate: null }), 'scheduledDate');
      expectInvalid(await post(gm, id, 'reschedule', { scheduledDate: DATE, timeZone: 'X/Y' }), 'timeZone');
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('the trash', () => {
    it('hides the session, keeps its number, and gives it back as it was', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId, everything);
      const before = await read(gm, id);
      api.clock.advance(1);
      expectStatus(await api.as(gm).delete(`/api/sessions/${id}`), 204);
      expectProblem(await read(gm, id), 404, 'not_found');
      expect((await api.as(gm).get(`/api/campaigns/${campaignId}/sessions`)).items).to.deep.equal([]);
      for (const response of [
        await api.as(gm).delete(`/api/sessions/${id}`),
        await patch(gm, id, { title: 'x' }),
        await post(gm, id, 'start'),
        await post(gm, id, 'cancel'),
        await post(gm, id, 'reschedule', { scheduledDate: DATE }),
        await post(gm, id, 'finalize', {}),
        await api.as(gm).get(`/api/sessions/${id}/results`),
        await api.as(gm).patch(`/api/sessions/${id}/results`, {}),
      ]) {
        expectProblem(response, 404, 'not_found');
      }
      const restored = expectStatus(await post(gm, id, 'restore'), 200);
      expect(restored.body).to.deep.equal({ ...before.body, updatedAt: api.clock.now().toISOString() });
      expect((await read(gm, id)).body).to.deep.equal(restored.body);
    });

    it('takes only the version that If-Match names', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const etag = etagOf(await read(gm, id));
      const changed = await patch(gm, id, { title: 'Another' });
      const remove = (tag: string): Promise<ApiResponse> =>
        api.as(gm).delete(`/api/sessions/${id}`, { 'If-Match': tag });
      expectProblem(await remove(etag), 412, 'version_conflict');
      expectStatus(await remove(etagOf(changed)), 204);
    });

    it('keeps the session for 30 days, to the millisecond', async () => {
      const { gm, campaignId } = await newTable();
      const [kept, lost] = [await api.newSession(gm, campaignId), await api.newSession(gm, campaignId)];
      for (const id of [kept, lost]) await api.as(gm).delete(`/api/sessions/${id}`);
      api.clock.advance(30 * DAY);
      const again = await api.logIn(gm);
      expectStatus(await post(again, kept, 'restore'), 200);
      api.clock.advance(1);
      expectProblem(await post(again, lost, 'restore'), 404, 'not_found');
    });

    it('leaves a session that is not in it as it is', async () => {
      const { gm, campaignId } = await newTable();
      const id = await api.newSession(gm, campaignId);
      const before = await read(gm, id);
      api.clock.advance(MINUTE);
      const response = expectStatus(await post(gm, id, 'restore'), 200);
      expect([response.body, etagOf(response)]).to.deep.equal([before.body, etagOf(before)]);
    });
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
