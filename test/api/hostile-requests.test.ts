import { expect } from 'chai';
import { npc } from '../../core/npcs/npc.ts';
import { type Api, type ApiUser, expectStatus, startApi } from '../support/api.ts';
import { hostileRequests } from '../support/hostile-requests.ts';
import { processorTime } from '../support/processor-time.ts';
import { sendHostile } from '../support/send-hostile.ts';

/** Milliseconds of work, ours and the client's: ten times the most that one may take, and less than what grows by a square. */
const MOST = 300;
const ID = '0198a000-0000-7000-8000-000000000001';
const PATHS = { finalize: `/api/sessions/${ID}/finalize`, npcs: ID, sessions: ID };

describe('a request that is made to cost much', () => {
  let api: Api;
  let user: ApiUser;
  let paths = PATHS;
  before(async () => {
    api = await startApi();
    user = await api.newUser();
    const campaignId = await api.newCampaign(user);
    const sessionId = await api.newSession(user, campaignId);
    paths = {
      finalize: `/api/sessions/${sessionId}/finalize`,
      npcs: `/api/campaigns/${campaignId}/${npc.plural}`,
      sessions: `/api/campaigns/${campaignId}/sessions`,
    };
  });
  after(() => api.close());

  for (const name of hostileRequests(PATHS).keys()) {
    it(`is answered at once: ${name}`, async () => {
      const request = hostileRequests(paths).get(name);
      if (request === undefined) throw new Error(`There is no ${name}.`);
      const port = Number(new URL(api.url).port);
      const before = await api.fingerprint();
      let status = 0;
      const time = await processorTime(async () => {
        status = await sendHostile(port, request, user.token);
      });

      expect(status).to.be.oneOf(request.statuses);
      expect(time).to.be.below(MOST);
      if (!request.statuses.includes(201)) expect(await api.fingerprint()).to.equal(before);
      expect(api.loggedErrors).to.deep.equal([]);
      expectStatus(await api.as(user).get('/api/auth/me'), 200);
    });
  }
});
