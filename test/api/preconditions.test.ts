import { expect } from 'chai';
import pg from 'pg';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import type { ConnectionTarget } from '../../infrastructure/database/database.ts';
import { type Api, type ApiUser, SECOND, etagOf, expectProblem, expectStatus, startApi } from '../support/api.ts';
import type { ApiResponse } from '../support/api-clients.ts';
import { ask } from '../support/ask.ts';
import { everything } from '../support/session-calls.ts';
import { databaseUrl } from '../support/test-cluster.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';

interface Change {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Of the thing, whose ETag it is about. */
  readonly thing: string;
  /** After the thing's path. */
  readonly verb?: string;
  readonly body?: object;
}

describe('changes on a condition, and changes that change nothing', () => {
  let api: Api;
  let target: ConnectionTarget;
  let gm: ApiUser;
  let campaignId: string;
  let otherId: string;
  let ends = 0;
  let listening: pg.Client | null = null;
  before(async () => {
    api = await startApi((found) => {
      target = found;
      return databaseUrl(found);
    });
    gm = await api.newUser();
    otherId = await api.newCampaign(gm);
    campaignId = await api.newCampaign(gm, { description: '*Old*', setting: 'Sea', tone: null, playerCount: 3 });
  });
  afterEach(async () => {
    await listening?.end();
    listening = null;
  });
  after(() => api.close());

  const send = ({ method, thing, verb = '', body }: Change, headers = {}): Promise<ApiResponse> => {
    const client = api.as(gm);
    const path = `${thing}${verb}`;
    if (method === 'DELETE') return client.delete(path, headers);
    if (method === 'POST') return client.post(path, body, headers);
    return client[method === 'PUT' ? 'put' : 'patch'](path, body, headers);
  };
  const newSession = async (values = {}): Promise<string> =>
    `/api/sessions/${await api.newSession(gm, campaignId, values)}`;
  const played = async (): Promise<string> => {
    const path = await newSession();
    expectStatus(await api.as(gm).post(`${path}/finalize`, results), 200);
    return path;
  };
  const results = {
    summary: 'They came.',
    events: ['The bell rang'],
    npcInteractions: [{ name: 'Pell', note: null }],
    unfinishedThreads: ['Who rang it?'],
    xpAwarded: 5,
    mood: 'dramatic',
  };

  describe('If-Match', () => {
    /** One of each operation that can answer 412, made anew. */
    const makers: Readonly<Record<string, () => Promise<Change>>> = {
      updateMe: () => Promise.resolve({ method: 'PATCH', thing: '/api/auth/me', body: { username: gm.username } }),
      updateCampaign: () =>
        Promise.resolve({ method: 'PUT', thing: `/api/campaigns/${campaignId}`, body: { tone: 'grim' } }),
      deleteCampaign: async () => ({ method: 'DELETE', thing: `/api/campaigns/${await api.newCampaign(gm)}` }),
      restoreCampaign: () =>
        Promise.resolve({ method: 'POST', thing: `/api/campaigns/${campaignId}`, verb: '/restore' }),
      updateSession: async () => ({ method: 'PATCH', thing: await newSession(), body: { title: 'Another' } }),
      deleteSession: async () => ({ method: 'DELETE', thing: await newSession() }),
      restoreSession: async () => ({ method: 'POST', thing: await newSession(), verb: '/restore', body: {} }),
      startSession: async () => ({ method: 'POST', thing: await newSession(), verb: '/start' }),
      cancelSession: async () => ({ method: 'POST', thing: await newSession(), verb: '/cancel', body: {} }),
      reopenSession: async () => ({ method: 'POST', thing: await played(), verb: '/reopen', body: {} }),
      rescheduleSession: async () => ({
        method: 'POST',
        thing: await newSession(),
        verb: '/reschedule',
        body: { scheduledDate: '2026-12-05T19:00:00Z' },
      }),
      finalizeSession: async () => ({ method: 'POST', thing: await newSession(), verb: '/finalize', body: results }),
      amendResults: async () => ({ method: 'PATCH', thing: `${await played()}/results`, body: { summary: 'Other' } }),
      ...Object.fromEntries(
        WORLD_SAMPLES.flatMap(({ noun, operations }) => {
          const newEntry = async (): Promise<string> =>
            `/api/${noun.plural}/${await api.newEntry(gm, campaignId, noun, {})}`;
          const made: Readonly<Record<string, () => Promise<Change>>> = {
            [operations.update.spec.name]: async () => ({
              method: 'PUT',
              thing: await newEntry(),
              body: { name: 'x' },
            }),
            [operations.delete.spec.name]: async () => ({ method: 'DELETE', thing: await newEntry() }),
            [operations.restore.spec.name]: async () => ({ method: 'POST', thing: await newEntry(), verb: '/restore' }),
          };
          return Object.entries(made);
        }),
      ),
    };
    const conditional = (): readonly Endpoint[] =>
      api.application.endpoints.filter(({ spec }) => spec.faults?.includes(412) === true);

    it('counts on whatever changes one thing that has a tag', () => {
      expect(conditional().map(({ spec }) => spec.name)).to.have.members(Object.keys(makers));
      const verbs = api.application.endpoints.filter(
        ({ spec, response }) =>
          spec.method !== 'GET' && spec.params !== undefined && response.etag && spec.status === 200,
      );
      for (const { spec } of verbs) expect(spec.faults, spec.name).to.include(412);
    });

    it('of another version refuses, and nothing is written', async () => {
      for (const [name, make] of Object.entries(makers)) {
        const change = await make();
        const etag = etagOf(await api.as(gm).get(change.thing));
        const before = await api.fingerprint();
        const others = ['"999-owner"', 'W/"999-owner"', '"0"', 'nonsense', etag.replaceAll('"', '')];
        for (const other of others) {
          const refused = await send(change, { 'If-Match': other });
          expect([refused.status, refused.body.code], `${name} ${other}`).to.deep.equal([412, 'version_conflict']);
        }
        expectProblem(await send(change, { 'If-None-Match': '*' }), 412, 'version_conflict');
        expect(await api.fingerprint(), name).to.equal(before);
      }
    });

    it('of this version changes: as it was sent, as a proxy weakened or marked it, or in a list', async () => {
      const copies = (etag: string): readonly string[] => [
        etag,
        `W/${etag}`,
        `"999", W/${etag}`,
        etag.replace(/"$/, '-gzip"'),
        '*',
      ];
      for (const [name, make] of Object.entries(makers)) {
        for (const copy of [0, 1, 2, 3, 4]) {
          const change = await make();
          const tag = copies(etagOf(await api.as(gm).get(change.thing)))[copy] ?? '';
          const response = await send(change, { 'If-Match': tag });
          expect(response.status, `${name} ${tag} ${response.text}`).to.be.oneOf([200, 204]);
        }
      }
    });

    it('lets one of several at once through, whatever the verb', async () => {
      for (const name of ['startSession', 'cancelSession', 'finalizeSession', 'deleteSession', 'amendResults']) {
        const change = await makers[name]?.();
        if (change === undefined) throw new Error(name);
        const etag = etagOf(await api.as(gm).get(change.thing));
        const answers = await Promise.all(Array.from({ length: 5 }, () => send(change, { 'If-Match': `W/${etag}` })));
        const done = answers.filter(({ status }) => status < 300);
        expect(done, name).to.have.lengthOf(1);
        for (const { status } of answers) expect(status, name).to.be.oneOf([200, 204, 412, 404]);
      }
    });
  });

  describe('what changes nothing', () => {
    /** Each with the thing's path, whose body and tag are compared. */
    const nothings: Readonly<Record<string, () => Promise<Change>>> = {
      'an empty campaign': () => patch(`/api/campaigns/${campaignId}`, {}),
      'a campaign as it is': async () => {
        const thing = `/api/campaigns/${campaignId}`;
        const { name, description, setting, tone, playerCount, status } = (await api.as(gm).get(thing)).body;
        return { method: 'PUT', thing, body: { name, description, setting, tone, playerCount, status } };
      },
      'an empty session': async () => patch(await newSession(), {}),
      'a session as it is': async () =>
        patch(await newSession({ ...everything, sessionNumber: 70 }), { ...everything, sessionNumber: 70 }),
      'the same moment in another offset, and a title with blanks around it': async () =>
        patch(await newSession({ title: 'Ebb', scheduledDate: '2026-12-04T19:00:00Z' }), {
          title: ' Ebb ',
          scheduledDate: '2026-12-04T20:00:00.0+01:00',
        }),
      'a date that it has, of a session that was played': async () => {
        const thing = await played();
        const { scheduledDate, timeZone } = (await api.as(gm).get(thing)).body;
        return { method: 'PUT', thing, body: { scheduledDate, timeZone } };
      },
      'the same date for a planned session': async () => ({
        method: 'POST',
        thing: await newSession({ scheduledDate: '2026-12-04T19:00:00Z' }),
        verb: '/reschedule',
        body: { scheduledDate: '2026-12-04T19:00:00Z' },
      }),
      'restoring what is no trash': async () => ({ method: 'POST', thing: await newSession(), verb: '/restore' }),
      'restoring a campaign that is there': () =>
        Promise.resolve({ method: 'POST', thing: `/api/campaigns/${campaignId}`, verb: '/restore' }),
      'empty results': async () => patch(`${await played()}/results`, {}),
      'results as they are': async () => patch(`${await played()}/results`, results),
      'a user name that one has': () => patch('/api/auth/me', { username: gm.username }),
      ...Object.fromEntries(
        WORLD_SAMPLES.map(({ noun, own }) => [
          `one of the ${noun.plural} as it is`,
          async () =>
            patch(`/api/${noun.plural}/${await api.newEntry(gm, campaignId, noun, own)}`, { name: 'Pell', ...own }),
        ]),
      ),
    };
    const patch = (thing: string, body: object): Promise<Change> => Promise.resolve({ method: 'PATCH', thing, body });

    for (const what of Object.keys(nothings)) {
      it(`keeps version and time, writes no row and tells nobody: ${what}`, async () => {
        const change = await nothings[what]?.();
        if (change === undefined) throw new Error(what);
        const before = await api.as(gm).get(change.thing);
        const heard = await notifications();
        const written = await rows();
        api.clock.advance(SECOND);
        const etag = etagOf(before);
        for (const headers of [{}, { 'If-Match': etag }, { 'If-Match': `W/${etag}` }]) {
          const response = expectStatus(await send(change, headers), 200);
          expect(before.body).to.deep.include(response.body);
          expect(versionIn(etagOf(response))).to.equal(versionIn(etag));
        }
        expectProblem(await send(change, { 'If-Match': '"999"' }), 412, 'version_conflict');
        const after = await api.as(gm).get(change.thing);
        expect([after.body, etagOf(after)]).to.deep.equal([before.body, etag]);
        expect(await rows()).to.deep.equal(written);
        expect(await heard.end()).to.deep.equal([]);
      });
    }

    it('keeps the roles as they are where one is given a role that it has', async () => {
      const player = await api.join(campaignId, 'player');
      const path = `/api/campaigns/${campaignId}/members`;
      const before = await api.as(gm).get(path);
      const campaign = etagOf(await api.as(gm).get(`/api/campaigns/${campaignId}`));
      const heard = await notifications();
      const written = await rows();
      expectStatus(await api.as(gm).patch(`${path}/${player.id}`, { role: 'player' }), 200);
      expectStatus(await api.as(gm).patch(`${path}/${gm.id}`, { role: 'owner' }), 200);
      expect(await rows()).to.deep.equal(written);
      expect(await heard.end()).to.deep.equal([]);
      expect((await api.as(gm).get(path)).items).to.deep.equal(before.items);
      expect(etagOf(await api.as(gm).get(`/api/campaigns/${campaignId}`))).to.equal(campaign);
    });

    it('is told apart from what changes something', async () => {
      const heard = await notifications();
      const written = await rows();
      expectStatus(await api.as(gm).patch(`/api/campaigns/${campaignId}`, { theme: 'salt' }), 200);
      expect(await rows()).not.to.deep.equal(written);
      const told = await heard.end();
      expect(told).to.have.lengthOf(1);
      expect(told[0]).to.include(campaignId);
    });

    /** What is told from now on to the servers that cache answers, until a change of another campaign is told. */
    const notifications = async (): Promise<{ end(): Promise<readonly string[]> }> => {
      const client = new pg.Client({ connectionString: databaseUrl(target) });
      listening = client;
      await client.connect();
      await client.query('listen lazy_foundry_changes');
      const heard: string[] = [];
      const told = new Promise<void>((resolve) => {
        client.on('notification', ({ payload = '' }) => {
          if (payload.includes(otherId)) resolve();
          else heard.push(payload);
        });
      });
      return {
        end: async () => {
          ends += 1;
          expectStatus(await api.as(gm).patch(`/api/campaigns/${otherId}`, { name: `End ${ends}` }), 200);
          await told;
          return heard;
        },
      };
    };

    /** Where each row lies, and which transaction has put it there: also a row that was written over by its like shows. */
    const rows = async (): Promise<readonly unknown[]> => {
      const tables = await ask<{ name: string }>(
        api.database,
        "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
      );
      const found: unknown[] = [];
      for (const { name } of tables) {
        found.push(
          await ask(
            api.database,
            `select '${name}', count(*), md5(string_agg(concat(ctid, xmin), ' ' order by ctid)) from "${name}"`,
          ),
        );
      }
      return found;
    };
  });
});

function versionIn(etag: string): string | undefined {
  return /\d+/.exec(etag)?.[0];
}
