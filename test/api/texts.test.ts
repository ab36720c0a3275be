import { expect } from 'chai';
import { npc } from '../../core/npcs/npc.ts';
import { type Api, expectInvalid, expectProblem, expectStatus, startApi } from '../support/api.ts';

/* What people write, in whatever script and spelling: kept whole, and found again. */

describe('the API: names and texts', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });

  it('keeps what is no tag in a name, and 255 characters of any plane', async () => {
    const user = await api.newUser();
    for (const name of ['The <lost heirs of Ossel', 'a<b', 'my heart </3', '🐉'.repeat(255), '漢'.repeat(255)]) {
      const { body } = expectStatus(await api.as(user).post('/api/campaigns', { name }), 201);
      expect(body.name).to.equal(name);
    }
    for (const name of ['🐉'.repeat(256), '<b></b>', '\u200b', '\u3164', '\ufe0f\u2800']) {
      expectInvalid(await api.as(user).post('/api/campaigns', { name }), 'name');
    }
    const campaignId = await api.newCampaign(user);
    for (const title of ['\u00ad', '\u2060 \u2060']) {
      expectInvalid(await api.as(user).post(`/api/campaigns/${campaignId}/sessions`, { title }), 'title');
      expectInvalid(await api.as(user).post(`/api/campaigns/${campaignId}/npcs`, { name: title }), 'name');
      expectInvalid(
        await api.as(user).post(`/api/campaigns/${campaignId}/npcs`, { name: 'x', tags: [title] }),
        'tags[0]',
      );
    }
  });

  it('keeps texts in NFC', async () => {
    const user = await api.newUser();
    const given = { name: 'Osse\u0301l', description: '# Osse\u0301l\n', setting: 'U\u0308ber' };
    const { body } = expectStatus(await api.as(user).post('/api/campaigns', given), 201);
    expect(body).to.include({ name: 'Oss\u00e9l', description: '# Oss\u00e9l\n', setting: '\u00dcber' });
  });

  it('finds what has a name in any spelling', async () => {
    const user = await api.newUser();
    const campaignId = await api.newCampaign(user, { name: 'Große ÄRA' });
    await api.newSession(user, campaignId, { title: 'İzmir' });
    await api.newEntry(user, campaignId, npc, { name: 'Ὀδυσσεύς', tags: ['Héros'] });
    for (const [path, expected] of [
      ['/api/campaigns?q=grosse+A%CC%88RA', 1],
      ['/api/campaigns?name=GROSSE+ara', 1],
      ['/api/campaigns?name=grosse', 0],
      [`/api/campaigns/${campaignId}/sessions?q=IZMIR`, 1],
      [`/api/campaigns/${campaignId}/sessions?q=izmar`, 0],
      [`/api/campaigns/${campaignId}/npcs?q=%CE%9F%CE%94%CE%A5%CE%A3`, 1],
      [`/api/campaigns/${campaignId}/npcs?tag=HEROS`, 1],
    ] as const) {
      expect(expectStatus(await api.as(user).get(path), 200).items, path).to.have.length(expected);
    }
  });

  it('reads ids in capitals, in a path and in a body', async () => {
    const user = await api.newUser();
    const campaignId = await api.newCampaign(user);
    const player = await api.join(campaignId, 'player');
    const sessionId = await api.newSession(user, campaignId);
    const entryId = await api.newEntry(user, campaignId, npc);
    const upper = campaignId.toUpperCase();

    for (const [path, id] of [
      [`/api/campaigns/${upper}`, campaignId],
      [`/api/sessions/${sessionId.toUpperCase()}`, sessionId],
      [`/api/npcs/${entryId.toUpperCase()}`, entryId],
    ] as const) {
      expect(expectStatus(await api.as(user).get(path), 200).body.id).to.equal(id);
      expect(expectStatus(await api.as(user).patch(path, {}), 200).body.id).to.equal(id);
    }
    const chosen = { visibility: 'chosen', visibleTo: [player.id.toUpperCase(), player.id] };
    const shown = expectStatus(await api.as(user).patch(`/api/npcs/${entryId}`, chosen), 200);
    expect(shown.body.visibleTo).to.deep.equal([player.id]);
    const results = { npcInteractions: [{ npcId: entryId.toUpperCase(), name: 'Pell' }] };
    const finalized = await api.as(user).post(`/api/sessions/${sessionId.toUpperCase()}/finalize`, results);
    expect(expectStatus(finalized, 200).text).to.include(`"npcId":"${entryId}"`);
    const role = await api.as(user).patch(`/api/campaigns/${upper}/members/${player.id.toUpperCase()}`, { role: 'gm' });
    expect(expectStatus(role, 200).body.userId).to.equal(player.id);
    // A key counts for the request, however its id is written.
    const once = { 'Idempotency-Key': 'one' };
    const first = await api.as(user).post(`/api/campaigns/${upper}/sessions`, { title: 'x' }, once);
    const again = await api.as(user).post(`/api/campaigns/${campaignId}/sessions`, { title: 'x' }, once);
    expect(expectStatus(again, 201).text).to.equal(expectStatus(first, 201).text);
  });

  it('takes user names of every script, and none that looks like another', async () => {
    const register = (username: string, n: number) =>
      api.anybody.post('/api/auth/register', { email: `name-${n}@example.org`, username, password: 'Quiet Harbour 7' });
    for (const [n, username] of ['Bo', '李明', 'अंजलि', 'สมชาย', 'Straße', 'Scope', 'ΝΗΚ'].entries()) {
      expectStatus(await register(username, n), 201);
    }
    for (const [n, username] of ['李明', 'STRASSE', 'Ѕсоре', 'nhk', 'ВО', 'scope'].entries()) {
      expectProblem(await register(username, 100 + n), 409, 'username_taken');
    }
    expectInvalid(await register('李', 200), 'username');
    const user = await api.newUser();
    expectProblem(await api.as(user).patch('/api/auth/me', { username: 'ѕсоре' }), 409, 'username_taken');
  });
});
