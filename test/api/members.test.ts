import { expect } from 'chai';
import { type ApiResponse, allPages, nextLink } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  UNKNOWN_ID,
  bytesOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
} from '../support/api.ts';

describe('the API: members', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const list = (user: ApiUser, campaignId: string, query = ''): Promise<ApiResponse> =>
    api.as(user).get(`/api/campaigns/${campaignId}/members${query}`);
  const changeRole = (user: ApiUser, campaignId: string, userId: string, role: unknown): Promise<ApiResponse> =>
    api.as(user).patch(`/api/campaigns/${campaignId}/members/${userId}`, { role });
  const remove = (user: ApiUser, campaignId: string, userId: string): Promise<ApiResponse> =>
    api.as(user).delete(`/api/campaigns/${campaignId}/members/${userId}`);
  const rolesOf = async (user: ApiUser, campaignId: string): Promise<Record<string, unknown>> => {
    const { items } = expectStatus(await list(user, campaignId), 200);
    return Object.fromEntries(items.map(({ userId, role }) => [String(userId), role]));
  };
  const ownerOf = async (user: ApiUser, campaignId: string): Promise<unknown> =>
    (await api.as(user).get(`/api/campaigns/${campaignId}`)).body.ownerId;

  describe('the list', () => {
    it('shows everybody in the order of joining, to every member', async () => {
      const owner = await api.newUser();
      const campaignId = await api.newCampaign(owner);
      const expected = [
        { userId: owner.id, username: owner.username, role: 'owner', joinedAt: api.clock.now().toISOString() },
      ];
      const members = [owner];
      for (const role of ['viewer', 'gm', 'player'] as const) {
        api.clock.advance(1);
        const member = await api.join(campaignId, role);
        members.push(member);
        expected.push({
          userId: member.id,
          username: member.username,
          role,
          joinedAt: api.clock.now().toISOString(),
        });
      }
      for (const member of members) {
        expect((await list(member, campaignId)).items).to.deep.equal(expected);
      }
    });

    it('tells nothing of who they are but the name', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      const { text } = await list(gm, campaignId);
      expect(text).to.include(owner.username).and.not.to.include('@');
    });

    it('goes on to the end, those who joined at one moment too, nobody twice while others join', async () => {
      const owner = await api.newUser();
      const campaignId = await api.newCampaign(owner);
      for (let n = 0; n < 6; n += 1) await api.join(campaignId, 'player');
      const before = (await list(owner, campaignId)).items;
      const { items, pages } = await allPages(
        api.as(owner),
        `/api/campaigns/${campaignId}/members?limit=2`,
        async () => {
          api.clock.advance(1);
          await api.join(campaignId, 'viewer');
        },
      );
      expect(items.slice(0, 7)).to.deep.equal(before);
      expect(new Set(items.map(({ userId }) => userId)).size).to.equal(items.length);
      expect(pages).to.be.greaterThan(3);
    });

    it('refuses a cursor that was altered, or is of another campaign or another member', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      const other = await api.newCampaign(owner);
      const next = nextLink(await list(owner, campaignId, '?limit=1')) ?? '';
      expectStatus(await api.as(owner).get(next), 200);
      expectProblem(await api.as(gm).get(next), 400, 'invalid_cursor');
      expectProblem(await api.as(owner).get(next.replace(campaignId, other)), 400, 'invalid_cursor');
      expectProblem(await api.as(owner).get(`${next}AAAA`), 400, 'invalid_cursor');
      expectInvalid(await list(owner, campaignId, '?role=gm'), 'role');
    });
  });

  describe('changing a role', () => {
    it('answers the member as it is now, and holds for the next request', async () => {
      const { campaignId, owner, player } = await api.newParty();
      const path = `/api/campaigns/${campaignId}/sessions`;
      expectProblem(await api.as(player).post(path, { title: 'x' }), 403, 'forbidden');
      const before = (await list(owner, campaignId)).items.find(({ userId }) => userId === player.id);
      const response = expectStatus(await changeRole(owner, campaignId, player.id, 'gm'), 200);
      expect(response.body).to.deep.equal({ ...before, role: 'gm' });
      expectStatus(await api.as(player).post(path, { title: 'x' }), 201);
      expectStatus(await changeRole(owner, campaignId, player.id, 'viewer'), 200);
      expectProblem(await api.as(player).post(path, { title: 'x' }), 403, 'forbidden');
    });

    it('keeps one owner at least', async () => {
      const { campaignId, owner } = await api.newParty();
      const before = await api.fingerprint();
      for (const role of ['gm', 'player', 'viewer']) {
        expectProblem(await changeRole(owner, campaignId, owner.id, role), 409, 'last_owner');
      }
      expect(await api.fingerprint()).to.equal(before);
    });

    it('hands the campaign over: it names the next owner', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      expectStatus(await changeRole(owner, campaignId, gm.id, 'owner'), 200);
      expectStatus(await changeRole(owner, campaignId, owner.id, 'player'), 200);
      expect(await ownerOf(owner, campaignId)).to.equal(gm.id);
      expectProblem(await changeRole(owner, campaignId, owner.id, 'owner'), 403, 'forbidden');
    });

    it('keeps an owner when two of them demote each other at once', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      await changeRole(owner, campaignId, gm.id, 'owner');
      const answers = await Promise.all([
        changeRole(owner, campaignId, gm.id, 'viewer'),
        changeRole(gm, campaignId, owner.id, 'viewer'),
      ]);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 403]);
      const roles = Object.values(await rolesOf(owner, campaignId));
      expect(roles.filter((role) => role === 'owner')).to.have.length(1);
    });

    it('refuses what is no role, and changes nothing', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      const before = await api.fingerprint();
      for (const role of ['king', '', null, 1, ['gm'], undefined]) {
        expectInvalid(await changeRole(owner, campaignId, gm.id, role), 'role');
      }
      const path = `/api/campaigns/${campaignId}/members/${gm.id}`;
      expectInvalid(await api.as(owner).patch(path, { role: 'player', userId: owner.id }), 'userId');
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('removing', () => {
    it('shuts the member out at once, and nobody else', async () => {
      const { campaignId, owner, gm, player } = await api.newParty();
      const sessionId = await api.newSession(gm, campaignId);
      expectStatus(await remove(owner, campaignId, player.id), 204);
      expectProblem(await list(player, campaignId), 404, 'not_found');
      expectProblem(await api.as(player).get(`/api/sessions/${sessionId}`), 404, 'not_found');
      expect((await api.as(player).get('/api/campaigns')).items).to.deep.equal([]);
      expect(Object.keys(await rolesOf(owner, campaignId))).to.have.length(3);
      expectProblem(await remove(owner, campaignId, player.id), 404, 'not_found');
    });

    it('lets every member leave, but the last owner', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      for (const member of [viewer, player, gm]) {
        expectStatus(await remove(member, campaignId, member.id), 204);
        expectProblem(await list(member, campaignId), 404, 'not_found');
      }
      expectProblem(await remove(owner, campaignId, owner.id), 409, 'last_owner');
      expect(await rolesOf(owner, campaignId)).to.deep.equal({ [owner.id]: 'owner' });
    });

    it('of the first owner names the next', async () => {
      const { campaignId, owner, gm } = await api.newParty();
      await changeRole(owner, campaignId, gm.id, 'owner');
      expectStatus(await remove(owner, campaignId, owner.id), 204);
      expect(await ownerOf(gm, campaignId)).to.equal(gm.id);
    });

    it('keeps an owner when two of them leave at once', async () => {
      const { campaignId, owner, gm, viewer } = await api.newParty();
      await changeRole(owner, campaignId, gm.id, 'owner');
      const answers = await Promise.all([remove(owner, campaignId, owner.id), remove(gm, campaignId, gm.id)]);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, 409]);
      const roles = await rolesOf(viewer, campaignId);
      expect(Object.values(roles).sort()).to.deep.equal(['owner', 'player', 'viewer']);
      expect(roles[String(await ownerOf(viewer, campaignId))]).to.equal('owner');
    });
  });

  describe('access', () => {
    it('is for owners only, but to the list: GMs, players and viewers change nothing', async () => {
      const { campaignId, owner, gm, player, viewer } = await api.newParty();
      const before = await api.fingerprint();
      for (const actor of [gm, player, viewer]) {
        expectStatus(await list(actor, campaignId), 200);
        for (const other of [owner, gm, player, viewer]) {
          expectProblem(await changeRole(actor, campaignId, other.id, 'owner'), 403, 'forbidden');
          if (other !== actor) expectProblem(await remove(actor, campaignId, other.id), 403, 'forbidden');
        }
        // Whether somebody is a member is not told to who may not change it.
        expectProblem(await remove(actor, campaignId, UNKNOWN_ID), 403, 'forbidden');
      }
      expect(await api.fingerprint()).to.equal(before);
    });

    it('is to members only: another campaign, an unknown one and no id at all are told in the same bytes', async () => {
      const { campaignId, owner, gm, stranger } = await api.newParty();
      const before = await api.fingerprint();
      const calls = [
        (id: string) => list(stranger, id),
        (id: string) => changeRole(stranger, id, gm.id, 'viewer'),
        (id: string) => changeRole(stranger, id, stranger.id, 'owner'),
        (id: string) => remove(stranger, id, gm.id),
        (id: string) => remove(stranger, id, stranger.id),
      ];
      for (const call of calls) {
        const answers = await Promise.all([campaignId, UNKNOWN_ID, 'no-id'].map(call));
        answers.forEach((answer) => {
          expectProblem(answer, 404, 'not_found');
        });
        expect(new Set(answers.map((answer) => bytesOf(answer))).size).to.equal(1);
      }
      const nobody = await Promise.all(
        [stranger.id, UNKNOWN_ID, 'no-id'].flatMap((id) => [
          changeRole(owner, campaignId, id, 'gm'),
          remove(owner, campaignId, id),
        ]),
      );
      nobody.forEach((answer) => {
        expectProblem(answer, 404, 'not_found');
      });
      expect(new Set(nobody.map((answer) => bytesOf(answer))).size).to.equal(1);
      expect(await api.fingerprint()).to.equal(before);
    });

    it('ends with the role: an owner of one campaign is nobody in another', async () => {
      const [one, two] = [await api.newParty(), await api.newParty()];
      expectProblem(await changeRole(one.owner, two.campaignId, two.gm.id, 'viewer'), 404, 'not_found');
      expectProblem(await changeRole(one.owner, one.campaignId, two.gm.id, 'viewer'), 404, 'not_found');
      expectProblem(await remove(one.owner, one.campaignId, two.gm.id), 404, 'not_found');
      expect((await rolesOf(two.owner, two.campaignId))[two.gm.id]).to.equal('gm');
    });
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});
