import { expect } from 'chai';
import type { ApiResponse } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import { makeSessionCalls } from '../support/session-calls.ts';

describe('the API: moments that come in without an offset', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const { patch, post, schedule } = makeSessionCalls(() => api);
  const newTable = async (timeZone?: string): Promise<{ readonly gm: ApiUser; readonly campaignId: string }> => {
    const gm = await api.newUser();
    return { gm, campaignId: await api.newCampaign(gm, timeZone === undefined ? {} : { timeZone }) };
  };

  it("are read in the zone that is given, else the session's, else the campaign's", async () => {
    const { gm, campaignId } = await newTable('Asia/Tokyo');
    const scheduledDate = '2027-01-08T19:00';
    const scheduled = await schedule(gm, campaignId, { title: 'x', scheduledDate });
    expect(scheduled.body).to.include({ scheduledDate: '2027-01-08T10:00:00.000Z', timeZone: 'Asia/Tokyo' });
    const elsewhere = await schedule(gm, campaignId, { title: 'x', scheduledDate, timeZone: 'america/new_york' });
    expect(elsewhere.body).to.include({ scheduledDate: '2027-01-09T00:00:00.000Z', timeZone: 'America/New_York' });

    const id = textAt(elsewhere.body, 'id');
    const moved = { scheduledDate: '2027-07-08T19:00:30' };
    expect((await patch(gm, id, moved)).body).to.include({ scheduledDate: '2027-07-08T23:00:30.000Z' });
    expect((await patch(gm, id, { ...moved, timeZone: 'UTC' })).body).to.include({
      scheduledDate: '2027-07-08T19:00:30.000Z',
      timeZone: 'UTC',
    });
    const reschedule = (body: object): Promise<ApiResponse> => post(gm, id, 'reschedule', body);
    expect((await reschedule({ scheduledDate: '2027-02-08T19:00' })).body).to.include({
      scheduledDate: '2027-02-08T19:00:00.000Z',
      timeZone: 'UTC',
    });
    expect((await reschedule({ scheduledDate: '2027-02-08T19:00:00.5', timeZone: 'Asia/Kolkata' })).body).to.include({
      scheduledDate: '2027-02-08T13:30:00.500Z',
      timeZone: 'Asia/Kolkata',
    });
    expect((await reschedule({ scheduledDate: '2027-02-08T19:00:00Z' })).body).to.include({
      scheduledDate: '2027-02-08T19:00:00.000Z',
      timeZone: 'Asia/Kolkata',
    });
  });

  it('are UTC in a campaign that says nothing, as they were', async () => {
    const { gm, campaignId } = await newTable();
    const { body } = await schedule(gm, campaignId, { title: 'x', scheduledDate: '2027-01-08T19:00' });
    expect(body).to.include({ scheduledDate: '2027-01-08T19:00:00.000Z', timeZone: 'UTC' });
  });

  it('are refused where the zone skips them or has them twice, with the readings', async () => {
    const { gm, campaignId } = await newTable('Europe/Berlin');
    const id = await api.newSession(gm, campaignId);
    for (const [scheduledDate, ...readings] of [
      ['2027-03-28T02:30', '2027-03-28T01:30:00+01:00', '2027-03-28T03:30:00+02:00'],
      ['2027-10-31T02:30:15', '2027-10-31T02:30:15+02:00', '2027-10-31T02:30:15+01:00'],
    ] as const) {
      const before = await api.fingerprint();
      for (const refused of [
        await schedule(gm, campaignId, { title: 'x', scheduledDate }),
        await patch(gm, id, { scheduledDate }),
        await post(gm, id, 'reschedule', { scheduledDate }),
      ]) {
        expectInvalid(refused, 'scheduledDate');
        for (const reading of readings) expect(refused.text).to.contain(reading);
      }
      expect(await api.fingerprint()).to.equal(before);
      for (const reading of readings) {
        const sent = expectStatus(await patch(gm, id, { scheduledDate: reading }), 200);
        expect(sent.body.scheduledDate).to.equal(new Date(reading).toISOString());
      }
      const field = await api.as(gm).get(`/api/campaigns/${campaignId}/sessions?from=${scheduledDate}`);
      expectInvalid(field, 'from');
      expectInvalid(await api.as(gm).get(`/api/sessions?timeZone=Europe/Berlin&to=${scheduledDate}`), 'to');
    }
  });

  for (const wrong of [
    ...['2027-02-30T19:00', '2027-01-08', '2027-01-08 19:00', '2027-01-08T24:00', '2027-01-08T7:00', '2027-01-08T19'],
    ...['1899-12-31T23:59', '10000-01-01T00:00', '2027-01-08T19:00[Europe/Berlin]', '2027-01-08T19:00+1:00', '', ' '],
  ]) {
    it(`are no "${wrong}"`, async () => {
      const { gm, campaignId } = await newTable();
      expectInvalid(await schedule(gm, campaignId, { title: 'x', scheduledDate: wrong }), 'scheduledDate');
    });
  }

  it('are refused where UTC has another year than the API tells', async () => {
    const { gm, campaignId } = await newTable('America/New_York');
    expectInvalid(await schedule(gm, campaignId, { title: 'x', scheduledDate: '9999-12-31T23:30' }), 'scheduledDate');
  });

  it("narrow a campaign's list in its zone, or in the one that is given", async () => {
    const { gm, campaignId } = await newTable('Asia/Tokyo');
    await api.newSession(gm, campaignId, { title: 'Early', scheduledDate: '2027-01-08T18:59' });
    await api.newSession(gm, campaignId, { title: 'Late', scheduledDate: '2027-01-08T19:00' });
    const titles = async (query: string): Promise<unknown> =>
      expectStatus(await api.as(gm).get(`/api/campaigns/${campaignId}/sessions?${query}`), 200).items.map(
        ({ title }) => title,
      );
    expect(await titles('from=2027-01-08T19:00')).to.deep.equal(['Late']);
    expect(await titles('to=2027-01-08T18:59:59')).to.deep.equal(['Early']);
    expect(await titles('from=2027-01-08T10:00&timeZone=UTC')).to.deep.equal(['Late']);
    expect(await titles('from=2027-01-08T10:00')).to.deep.equal(['Early', 'Late']);
    // What was answered is cached: another zone of the campaign is another answer.
    expectStatus(await api.as(gm).patch(`/api/campaigns/${campaignId}`, { timeZone: 'UTC' }), 200);
    expect(await titles('from=2027-01-08T19:00')).to.deep.equal([]);
    expectInvalid(await api.as(gm).get(`/api/campaigns/${campaignId}/sessions?timeZone=EST`), 'timeZone');
  });

  it('tell a stranger nothing of a campaign', async () => {
    const { campaignId } = await newTable('Asia/Tokyo');
    const stranger = await api.newUser();
    for (const from of ['2027-01-08T19:00', '2027-03-28T02:30']) {
      expectProblem(await api.as(stranger).get(`/api/campaigns/${campaignId}/sessions?from=${from}`), 404, 'not_found');
    }
  });

  it('need a zone in the list of all my campaigns', async () => {
    const { gm, campaignId } = await newTable('Asia/Tokyo');
    await api.newSession(gm, campaignId, { title: 'Only', scheduledDate: '2027-01-08T19:00' });
    const titles = async (query: string): Promise<unknown> =>
      expectStatus(await api.as(gm).get(`/api/sessions?${query}`), 200).items.map(({ title }) => title);
    expect(await titles('from=2027-01-08T10:00&timeZone=UTC')).to.deep.equal(['Only']);
    expect(await titles('to=2027-01-08T18:59&timeZone=Asia/Tokyo')).to.deep.equal([]);
    const refused = await api.as(gm).get('/api/sessions?from=2027-01-08T19:00');
    expectInvalid(refused, 'from');
    expect(refused.text).to.contain('give timeZone as well');
  });

  it('are told in the OpenAPI document', async () => {
    const { text } = await api.as(await api.newUser()).get('/api/openapi.json');
    expect(text).to.contain('"examples":["2027-01-08T19:00"]');
  });
});
