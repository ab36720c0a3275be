import { expect } from 'chai';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import type { ApiResponse } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  etagOf,
  expectProblem,
  expectStatus,
  objectAt,
  startApi,
  textAt,
} from '../support/api.ts';
import { ask } from '../support/ask.ts';
import { openTestDatabase, testCluster } from '../support/test-cluster.ts';

const LONG = 'ü'.repeat(5000);

describe('the API: quotas', () => {
  let api: Api;
  before(async () => {
    api = await startApi(undefined, { LIMIT_CAMPAIGNS: '3', LIMIT_SESSIONS: '3', LIMIT_BYTES: '40000' });
  });
  after(() => api.close());

  const limitReached = (response: ApiResponse, ...words: readonly string[]): void => {
    expectProblem(response, 409, 'limit_reached');
    for (const word of words) expect(response.body.detail).to.include(word);
  };
  const usageOf = async (user: ApiUser): Promise<unknown> =>
    objectAt(expectStatus(await api.as(user).get('/api/auth/me'), 200).body, 'usage');
  const newCampaign = (user: ApiUser, values: object = {}): Promise<ApiResponse> =>
    api.as(user).post('/api/campaigns', { name: 'Campaign', ...values });
  const newSession = (user: ApiUser, id: string, values: object = {}): Promise<ApiResponse> =>
    api.as(user).post(`/api/campaigns/${id}/sessions`, { title: 'Session', ...values });

  it('tells in GET me what is used and what there may be, by another tag when it changes', async () => {
    const user = await api.newUser();
    const me = await api.as(user).get('/api/auth/me');
    expect([me.body.usage, me.body.limits]).to.deep.equal([
      { campaigns: 0, bytes: 0 },
      { campaigns: 3, sessions: 3, bytes: 40_000 },
    ]);
    await newCampaign(user, { description: LONG });
    const later = await api.as(user).get('/api/auth/me');
    expect(later.body.usage).to.deep.equal({ campaigns: 1, bytes: 1024 + 10_000 });
    expect(etagOf(later)).not.to.equal(etagOf(me));
    const renamed = await api
      .as(user)
      .patch('/api/auth/me', { username: 'quota.renamed' }, { 'If-Match': etagOf(later) });
    expectStatus(renamed, 200);
  });

  it('refuses a campaign more than there may be, one from the trash and fifty at once too', async () => {
    const user = await api.newUser();
    const first = textAt(expectStatus(await newCampaign(user), 201).body, 'id');
    await api.as(user).delete(`/api/campaigns/${first}`);
    const made = await Promise.all(Array.from({ length: 50 }, () => newCampaign(user)));
    expect(made.filter(({ status }) => status === 201)).to.have.lengthOf(3);
    for (const refused of made.filter(({ status }) => status !== 201)) limitReached(refused, 'Delete one', '3');
    limitReached(await api.as(user).post(`/api/campaigns/${first}/restore`, {}));
    expect(await usageOf(user)).to.deep.equal({ campaigns: 3, bytes: 4 * 1024 });
    const second = made.find(({ status }) => status === 201);
    await api.as(user).delete(`/api/campaigns/${textAt(second?.body ?? {}, 'id')}`);
    expectStatus(await api.as(user).post(`/api/campaigns/${first}/restore`, {}), 200);
    limitReached(await newCampaign(user));
  });

  it('refuses a session more than there may be in a campaign, one from the trash and fifty at once too', async () => {
    const user = await api.newUser();
    const id = await api.newCampaign(user);
    const first = textAt(expectStatus(await newSession(user, id), 201).body, 'id');
    await api.as(user).delete(`/api/sessions/${first}`);
    const made = await Promise.all(Array.from({ length: 50 }, () => newSession(user, id)));
    expect(made.filter(({ status }) => status === 201)).to.have.lengthOf(3);
    for (const refused of made.filter(({ status }) => status !== 201)) limitReached(refused, '3', 'another campaign');
    limitReached(await api.as(user).post(`/api/sessions/${first}/restore`, {}));
    expectStatus(await newSession(user, await api.newCampaign(user)), 201);
  });

  it('refuses what passes the bytes of the owner, whoever writes it, and lets what is there be used', async () => {
    const owner = await api.newUser();
    const id = await api.newCampaign(owner);
    const gm = await api.join(id, 'gm');
    const session = textAt(expectStatus(await newSession(gm, id, { description: LONG }), 201).body, 'id');
    const npc = await api.newEntry(gm, id, { plural: 'npcs' }, { gmNotes: LONG });
    expectStatus(await api.as(owner).patch(`/api/campaigns/${id}`, { description: LONG }), 200);
    const before = await usageOf(owner);
    const fingerprint = await api.fingerprint();
    for (const refused of [
      await newSession(gm, id, { description: LONG }),
      await api.as(gm).post(`/api/campaigns/${id}/npcs`, { name: 'N', background: LONG }),
      await api
        .as(gm)
        .post(`/api/campaigns/${id}/npcs`, { name: 'N', motivations: Array<string>(40).fill('ü'.repeat(125)) }),
      await api.as(gm).patch(`/api/npcs/${npc}`, { secrets: LONG }),
      await api.as(gm).patch(`/api/sessions/${session}`, { gmNotes: LONG }),
      await api.as(gm).post(`/api/sessions/${session}/finalize`, { summary: LONG }),
      await api.as(owner).put(`/api/campaigns/${id}`, { description: `${LONG}${LONG}` }),
      await newCampaign(owner, { description: LONG }),
    ]) {
      limitReached(refused, '39.1 KiB', 'Shorten');
    }
    expect(await api.fingerprint()).to.equal(fingerprint);
    expect(await usageOf(owner)).to.deep.equal(before);
    expect(await usageOf(gm)).to.deep.equal({ campaigns: 0, bytes: 0 });
    // The evening goes on.
    expectStatus(await api.as(gm).post(`/api/sessions/${session}/start`, {}), 200);
    expectStatus(await api.as(gm).post(`/api/sessions/${session}/finalize`, { summary: 'Short.' }), 200);
    expectStatus(await api.as(gm).patch(`/api/npcs/${npc}`, { gmNotes: 'Short.', secrets: LONG.slice(100) }), 200);
    expectStatus(await api.as(gm).delete(`/api/npcs/${npc}`), 204);
    expectStatus(await api.as(gm).post(`/api/npcs/${npc}/restore`, {}), 200);
  });

  it('counts a campaign for whom it is handed to, who must have room for it', async () => {
    const [giver, taker] = [await api.newUser(), await api.newUser()];
    const id = await api.newCampaign(giver);
    await api.join(id, 'player', taker);
    for (let n = 0; n < 3; n += 1) expectStatus(await newCampaign(taker), 201);
    expectStatus(await api.as(giver).patch(`/api/campaigns/${id}/members/${taker.id}`, { role: 'owner' }), 200);
    limitReached(await api.as(giver).delete(`/api/campaigns/${id}/members/${giver.id}`));
    const [own] = (await api.as(taker).get('/api/campaigns?limit=1')).items;
    await api.as(taker).delete(`/api/campaigns/${textAt(own ?? {}, 'id')}`);
    expectStatus(await api.as(giver).delete(`/api/campaigns/${id}/members/${giver.id}`), 204);
    expect(await usageOf(giver)).to.deep.equal({ campaigns: 0, bytes: 0 });
  });

  it('counts what was there before, when the database is migrated', async () => {
    const target = await (await testCluster()).migrated();
    const database = await openTestDatabase(target);
    try {
      const migrations = makeMigrations(database, target, '0.0.0');
      while (!(await migrations.down(() => Promise.resolve())).some((name) => name.includes('count-bytes-of-users')));
      const [owner, campaign] = ['0199aaaa-0000-7000-8000-000000000001', '0199aaaa-0000-7000-8000-000000000002'];
      await ask(
        database,
        `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
        values ($1, 'a@b', 'anna', 'anna', '-', now(), now(), 1)`,
        [owner],
      );
      await ask(
        database,
        `insert into campaigns (id, name, description, player_count, party_level, status, owner_id, created_at, updated_at, version)
        values ($1, 'C', $2, 4, 1, 'active', $3, now(), now(), 1)`,
        [campaign, LONG, owner],
      );
      await migrations.up();
      const bytes = await ask(database, 'select bytes::integer as bytes from user_usage where user_id = $1', [owner]);
      expect(bytes).to.deep.equal([{ bytes: 1024 + 10_000 }]);
      await ask(database, 'delete from campaigns where id = $1', [campaign]);
      const after = await ask(database, 'select bytes::integer as bytes from user_usage where user_id = $1', [owner]);
      expect(after).to.deep.equal([{ bytes: 0 }]);
    } finally {
      await database.close();
    }
  });
});
