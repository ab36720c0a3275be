import { expect } from 'chai';
import { MAX_INVITES } from '../../core/members/invite.ts';
import { type ApiResponse, allPages } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  DAY,
  PASSWORD,
  type Party,
  bytesOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import { ask } from '../support/ask.ts';

describe('the API: invites', () => {
  let api: Api;
  let party: Party;
  let path: string;
  before(async () => {
    api = await startApi();
  });
  beforeEach(async () => {
    party = await api.newParty();
    path = `/api/campaigns/${party.campaignId}/invites`;
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });

  const invite = async (user: ApiUser, body: object = { role: 'player' }): Promise<ApiResponse> =>
    expectStatus(await api.as(user).post(path, body), 201);
  const codeFor = async (body: object = { role: 'player' }): Promise<string> =>
    textAt((await invite(party.gm, body)).body, 'code');
  const accept = (user: ApiUser, code: string): Promise<ApiResponse> =>
    api.as(user).post(`/api/invites/${code}/accept`, {});
  const roleOf = async (user: ApiUser): Promise<unknown> =>
    (await api.as(party.owner).get(`/api/campaigns/${party.campaignId}/members?limit=100`)).items.find(
      ({ userId }) => userId === user.id,
    )?.role;

  describe('creating', () => {
    it('answers the code and where people open it, this once', async () => {
      const now = api.clock.now();
      const { body, headers } = await invite(party.gm);
      const code = textAt(body, 'code');
      expect(code).to.match(/^[0-9a-f]{32}$/);
      expect(headers.get('Location')).to.equal(`/api/invites/${code}`);
      const told = {
        id: textAt(body, 'id'),
        role: 'player',
        createdBy: party.gm.id,
        createdAt: now.toISOString(),
        expiresAt: new Date(now.getTime() + 7 * DAY).toISOString(),
        maxUses: null,
        uses: 0,
      };
      expect(body).to.deep.equal({ ...told, code, url: `http://127.0.0.1:3001/api/invites/${code}` });

      const list = await api.as(party.owner).get(path);
      expect(list.items).to.deep.equal([told]);
      expect(list.text).not.to.include(code);
      const stored = await ask<{ row: string }>(api.database, 'select row_to_json(invites)::text as row from invites');
      expect(stored.map(({ row }) => row).join()).not.to.include(code);
    });

    it('takes an expiry, a number of uses, and null for none of either', async () => {
      const some = await invite(party.owner, { role: 'gm', expiresInHours: 24, maxUses: 1 });
      expect(some.body).to.deep.include({ role: 'gm', maxUses: 1 });
      expect(some.body.expiresAt).to.equal(new Date(api.clock.now().getTime() + DAY).toISOString());
      const none = await invite(party.owner, { role: 'viewer', expiresInHours: null, maxUses: null });
      expect(none.body).to.deep.include({ expiresAt: null, maxUses: null });
    });

    it('takes nothing else, and makes no owner', async () => {
      for (const [body, ...fields] of [
        [{}, 'role'],
        [{ role: 'owner' }, 'role'],
        [{ role: null }, 'role'],
        [{ role: 'player', expiresInHours: 0 }, 'expiresInHours'],
        [{ role: 'player', expiresInHours: 8785 }, 'expiresInHours'],
        [{ role: 'player', expiresInHours: 1.5 }, 'expiresInHours'],
        [{ role: 'player', maxUses: 0 }, 'maxUses'],
        [{ role: 'player', maxUses: 1001 }, 'maxUses'],
        [{ role: 'player', maxUses: '5' }, 'maxUses'],
        [{ role: 'player', code: 'x' }, 'code'],
      ] as const) {
        expectInvalid(await api.as(party.owner).post(path, body), ...fields);
      }
      expectProblem(await api.as(party.gm).post(path, { role: 'gm' }), 403, 'forbidden');
    });

    it('ends where there are more than anybody keeps track of', async () => {
      for (let count = 0; count < MAX_INVITES; count += 1) await invite(party.gm);
      expectProblem(await api.as(party.gm).post(path, { role: 'player' }), 409, 'limit_reached');
    });

    it('takes no Idempotency-Key: its answer is kept nowhere', async () => {
      const answer = await api.as(party.gm).post(path, { role: 'player' }, { 'Idempotency-Key': 'once' });
      expectInvalid(answer, 'Idempotency-Key');
      expect((await api.as(party.gm).get(path)).items).to.deep.equal([]);
    });
  });

  it('lists them page by page, the newest first, each once', async () => {
    const made: unknown[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await invite(party.gm)).body.id);
    const { items, pages } = await allPages(api.as(party.gm), `${path}?limit=2`);
    expect(items.map(({ id }) => id)).to.deep.equal(made);
    expect(pages).to.equal(3);
    expect((await api.as(party.gm).get(path)).headers.get('Cache-Control')).to.equal('no-store');
  });

  describe('looking', () => {
    it("tells anybody the campaign's name and the role, and nothing else", async () => {
      const code = await codeFor();
      const { name } = (await api.as(party.owner).get(`/api/campaigns/${party.campaignId}`)).body;
      for (const client of [api.anybody, api.as(party.stranger)]) {
        expect((await client.get(`/api/invites/${code}`)).body).to.deep.equal({ campaignName: name, role: 'player' });
      }
    });

    it('finds nothing by what is no code, unknown, revoked, expired or into the trash, in the same bytes', async () => {
      const look = async (code: string): Promise<string> => {
        const answer = await api.anybody.get(`/api/invites/${code}`);
        expectProblem(answer, 404, 'not_found');
        return bytesOf(answer).replaceAll(code, '');
      };
      const unknown = await look('dead'.repeat(8));
      const revoked = await codeFor();
      expectStatus(await api.as(party.gm).delete(`/api/invites/${revoked}`), 204);
      expect(await look(revoked)).to.equal(unknown);
      const expired = await codeFor({ role: 'player', expiresInHours: 1 });
      const trashed = await codeFor({ role: 'player', expiresInHours: null });
      api.clock.advance(DAY);
      expect(await look(expired)).to.equal(unknown);
      const owner = await api.logIn(party.owner);
      party = { ...party, gm: await api.logIn(party.gm) };
      expectStatus(await api.as(owner).delete(`/api/campaigns/${party.campaignId}`), 204);
      expect(await look(trashed)).to.equal(unknown);
      for (const code of ['x', '%00', '..%2f..', 'dead'.repeat(30), '%F0%9F%90%89']) {
        expect((await api.anybody.get(`/api/invites/${code}`)).status).to.be.oneOf([400, 404]);
        expect((await api.as(party.gm).delete(`/api/invites/${code}`)).status).to.be.oneOf([400, 404]);
      }
    });

    it('says that one is used up', async () => {
      const code = await codeFor({ role: 'player', maxUses: 1 });
      expectStatus(await accept(party.stranger, code), 200);
      expectProblem(await api.anybody.get(`/api/invites/${code}`), 409, 'invite_used_up');
    });
  });

  describe('accepting', () => {
    it('makes a member, who sees the campaign at once; a second time answers the same', async () => {
      const code = await codeFor({ role: 'viewer' });
      const { stranger, campaignId } = party;
      expectStatus(await api.as(stranger).get(`/api/campaigns/${campaignId}`), 404);
      expect((await api.as(stranger).get('/api/campaigns')).items).to.deep.equal([]);
      const first = expectStatus(await accept(stranger, code), 200);
      expect(first.body).to.deep.equal({ campaignId, role: 'viewer' });
      expect((await accept(stranger, code)).text).to.equal(first.text);
      expect((await api.as(stranger).get(`/api/campaigns/${campaignId}`)).body.role).to.equal('viewer');
      expect((await api.as(stranger).get('/api/campaigns')).items.map(({ id }) => id)).to.deep.equal([campaignId]);
      expect((await api.as(party.gm).get(path)).items[0]?.uses).to.equal(1);
    });

    it('changes nothing for who is a member', async () => {
      const code = await codeFor({ role: 'viewer', maxUses: 1 });
      for (const role of ['owner', 'gm', 'player'] as const) {
        expect((await accept(party[role], code)).body).to.deep.equal({ campaignId: party.campaignId, role });
        expect(await roleOf(party[role])).to.equal(role);
      }
      expectStatus(await accept(party.stranger, code), 200);
    });

    it('lets in as many as the invite may, of 50 at once', async () => {
      const code = await codeFor({ role: 'player', maxUses: 5 });
      const people = await Promise.all(Array.from({ length: 50 }, () => api.newUser()));
      const answers = await Promise.all(people.map((person) => accept(person, code)));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(5);
      for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 409, 'invite_used_up');
      const { items } = await allPages(api.as(party.owner), `/api/campaigns/${party.campaignId}/members`);
      expect(items).to.have.length(9);
      expect((await api.as(party.gm).get(path)).items[0]?.uses).to.equal(5);
    });

    it('lets the same person in once, by two invites and ten requests at once', async () => {
      const codes = [await codeFor(), await codeFor({ role: 'viewer' })];
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) => accept(party.stranger, codes[at % 2] ?? '')),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).to.equal(1);
      const uses = (await api.as(party.gm).get(path)).items.map((each) => Number(each.uses));
      expect(uses.reduce((sum, each) => sum + each)).to.equal(1);
    });

    it('lets nobody back in who was removed', async () => {
      const code = await codeFor();
      expectStatus(await accept(party.stranger, code), 200);
      const member = `/api/campaigns/${party.campaignId}/members/${party.stranger.id}`;
      expectStatus(await api.as(party.owner).delete(member), 204);
      expectProblem(await accept(party.stranger, code), 409, 'invite_used_up');
      expect(await roleOf(party.stranger)).to.equal(undefined);
    });
  });

  it('revokes one by its code or its id, and those of a GM who is removed', async () => {
    const { body } = await invite(party.gm);
    expectStatus(await api.as(party.owner).delete(`/api/invites/${textAt(body, 'id')}`), 204);
    const code = await codeFor();
    expectStatus(await api.as(party.owner).delete(`/api/campaigns/${party.campaignId}/members/${party.gm.id}`), 204);
    expectProblem(await accept(party.gm, code), 404, 'not_found');
    expect((await api.as(party.owner).get(path)).items).to.deep.equal([]);
  });

  it('lets in who has none yet, where accounts are by invitation', async () => {
    const closed = await startApi(undefined, { REGISTRATION: 'invited' });
    try {
      const owner = { email: 'gm@example.org', username: 'gm', password: PASSWORD };
      await closed.application.users.create(owner);
      const { token } = (await closed.anybody.post('/api/auth/login', { email: owner.email, password: PASSWORD })).body;
      const gm = closed.as({ token: String(token) });
      const campaignId = textAt((await gm.post('/api/campaigns', { name: 'The Salt Road' })).body, 'id');
      const made = await gm.post(`/api/campaigns/${campaignId}/invites`, { role: 'player' });
      const inviteCode = textAt(expectStatus(made, 201).body, 'code');
      const account = { email: 'anna@example.org', username: 'anna', password: PASSWORD };
      const register = (body: object): Promise<ApiResponse> => closed.anybody.post('/api/auth/register', body);

      expectProblem(await register(account), 409, 'registration_closed');
      expectInvalid(await register({ ...account, inviteCode: 'dead'.repeat(8) }), 'inviteCode');
      const joined = expectStatus(await register({ ...account, inviteCode }), 201);
      const { items } = await closed.as({ token: textAt(joined.body, 'token') }).get('/api/campaigns');
      expect(items.map(({ id, role }) => [id, role])).to.deep.equal([[campaignId, 'player']]);
    } finally {
      await closed.close();
    }
  });
});
