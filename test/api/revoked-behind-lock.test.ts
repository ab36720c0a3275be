import { expect } from 'chai';
import { SCOPES } from '../../core/shared/actor.ts';
import { type Api, type ApiUser, PASSWORD, expectStatus, startApi, textAt } from '../support/api.ts';
import type { ApiResponse, Client } from '../support/api-clients.ts';
import { ask } from '../support/ask.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';

/* A request that waits for a row that another holds: what the other does to its sender counts. */

interface Scene {
  readonly owner: ApiUser;
  readonly other: ApiUser;
  readonly campaignId: string;
  readonly sessionId: string;
  readonly completedId: string;
  readonly entryIds: ReadonlyMap<string, string>;
}

interface Waiting {
  /** The table and the id of the row that it waits for. */
  readonly row: (scene: Scene) => readonly [table: string, id: string, key?: string];
  readonly ask: (client: Client, scene: Scene) => Promise<ApiResponse>;
  /** It holds the campaign itself meanwhile, which nobody can throw away then. */
  readonly holdsCampaign?: true;
}

const ofSession: Waiting['row'] = ({ sessionId }) => ['sessions', sessionId];
const ofCampaign: Waiting['row'] = ({ campaignId }) => ['campaigns', campaignId];
const ofCounter: Waiting['row'] = ({ campaignId }) => ['session_counters', campaignId, 'campaign_id'];
const ofUsage: Waiting['row'] = ({ owner }) => ['user_usage', owner.id, 'user_id'];
const ofUser: Waiting['row'] = ({ owner }) => ['users', owner.id];
const onSession =
  (verb: string, body = {}): Waiting['ask'] =>
  (client, { sessionId }) =>
    client.post(`/api/sessions/${sessionId}/${verb}`, body);

const inCampaign: Readonly<Record<string, Waiting>> = {
  'changes a session': {
    row: ofSession,
    ask: (client, { sessionId }) => client.patch(`/api/sessions/${sessionId}`, { title: 'New' }),
  },
  'deletes a session': { row: ofSession, ask: (client, { sessionId }) => client.delete(`/api/sessions/${sessionId}`) },
  'starts a session': { row: ofSession, ask: onSession('start') },
  'cancels a session': { row: ofSession, ask: onSession('cancel') },
  'reopens a session': {
    row: ({ completedId }) => ['sessions', completedId],
    ask: (client, { completedId }) => client.post(`/api/sessions/${completedId}/reopen`, {}),
  },
  'reschedules a session': { row: ofSession, ask: onSession('reschedule', { scheduledDate: '2027-01-01T00:00:00Z' }) },
  'finalizes a session': { row: ofSession, ask: onSession('finalize', { summary: 'New' }) },
  'amends the results of a session': {
    row: ({ completedId }) => ['sessions', completedId],
    ask: (client, { completedId }) => client.patch(`/api/sessions/${completedId}/results`, { summary: 'New' }),
  },
  'schedules a session': {
    row: ofCounter,
    ask: (client, { campaignId }) => client.post(`/api/campaigns/${campaignId}/sessions`, { title: 'New' }),
  },
  'gives a session another number': {
    row: ofCounter,
    ask: (client, { sessionId }) => client.patch(`/api/sessions/${sessionId}`, { sessionNumber: 99 }),
  },
  'changes a campaign': {
    row: ofCampaign,
    ask: (client, { campaignId }) => client.patch(`/api/campaigns/${campaignId}`, { name: 'New' }),
  },
  'deletes a campaign': {
    row: ofCampaign,
    ask: (client, { campaignId }) => client.delete(`/api/campaigns/${campaignId}`),
  },
  'schedules a session, and waits to count its bytes': {
    row: ofUsage,
    ask: (client, { campaignId }) => client.post(`/api/campaigns/${campaignId}/sessions`, { title: 'New' }),
  },
  'makes a session longer': {
    row: ofUsage,
    ask: (client, { sessionId }) => client.patch(`/api/sessions/${sessionId}`, { gmNotes: 'x'.repeat(1000) }),
  },
  'makes a campaign longer': {
    holdsCampaign: true,
    row: ofUsage,
    ask: (client, { campaignId }) => client.patch(`/api/campaigns/${campaignId}`, { description: 'x'.repeat(1000) }),
  },
  'finalizes a session, and waits to count its bytes': {
    row: ofUsage,
    ask: onSession('finalize', { summary: 'x'.repeat(1000) }),
  },
  'finalizes a session, and waits to count it': { row: ofCounter, ask: onSession('finalize', {}) },
  'amends results by many bytes': {
    row: ofUsage,
    ask: (client, { completedId }) =>
      client.patch(`/api/sessions/${completedId}/results`, { summary: 'x'.repeat(1000) }),
  },
  'invites somebody': {
    row: ofCampaign,
    ask: (client, { campaignId }) => client.post(`/api/campaigns/${campaignId}/invites`, { role: 'player' }),
  },
  'changes a role': {
    row: ofCampaign,
    ask: (client, { campaignId, other }) =>
      client.patch(`/api/campaigns/${campaignId}/members/${other.id}`, { role: 'gm' }),
  },
  'removes a member': {
    row: ofCampaign,
    ask: (client, { campaignId, other }) => client.delete(`/api/campaigns/${campaignId}/members/${other.id}`),
  },
  ...Object.fromEntries(
    WORLD_SAMPLES.map(({ noun: { plural } }): [string, Waiting] => [
      `adds to the ${plural}`,
      {
        row: ofUsage,
        ask: (client, { campaignId }) => client.post(`/api/campaigns/${campaignId}/${plural}`, { name: 'New' }),
      },
    ]),
  ),
  ...Object.fromEntries(
    WORLD_SAMPLES.map(({ noun: { plural } }): [string, Waiting] => [
      `changes one of the ${plural}`,
      {
        row: ({ entryIds }) => [plural, entryIds.get(plural) ?? ''],
        ask: (client, { entryIds }) => client.patch(`/api/${plural}/${entryIds.get(plural) ?? ''}`, { name: 'New' }),
      },
    ]),
  ),
};
const ofAccount: Readonly<Record<string, Waiting>> = {
  'takes another name': { row: ofUser, ask: (client) => client.patch('/api/auth/me', { username: 'new.name' }) },
  'creates an API token': {
    row: ofUser,
    ask: (client) => client.post('/api/auth/tokens', { name: 'New', scopes: ['world:read'], password: PASSWORD }),
  },
  'creates a campaign': { row: ofUser, ask: (client) => client.post('/api/campaigns', { name: 'New' }) },
  'changes the password': {
    row: ofUser,
    ask: (client) => client.post('/api/auth/password', { currentPassword: PASSWORD, newPassword: 'Another Harbour 8' }),
  },
};

type Loss = (scene: Scene, api: Api) => Promise<unknown>;
const endSignIns: Loss = ({ owner }, { database, clock }) =>
  ask(database, 'update sign_ins set ended_at = $2 where user_id = $1', [owner.id, clock.now()]);
const ofRights: Readonly<Record<string, Loss>> = {
  'was made a viewer': ({ owner, campaignId }, { database }) =>
    ask(database, "update members set role = 'viewer' where user_id = $1 and campaign_id = $2", [owner.id, campaignId]),
  'was removed': ({ owner, campaignId }, { database }) =>
    ask(database, 'delete from members where user_id = $1 and campaign_id = $2', [owner.id, campaignId]),
  'lost the campaign to the trash': ({ campaignId }, { database, clock }) =>
    ask(database, 'update campaigns set deleted_at = $2 where id = $1', [campaignId, clock.now()]),
};
const ofTokens: Readonly<Record<string, Loss>> = {
  'lost its API token': ({ owner }, { database }) =>
    ask(database, 'delete from api_tokens where user_id = $1', [owner.id]),
};
const ofSignIns: Readonly<Record<string, Loss>> = {
  'lost its sign-in': endSignIns,
  'was suspended': async (scene, api) => {
    await ask(api.database, "update users set status = 'suspended' where id = $1", [scene.owner.id]);
    return endSignIns(scene, api);
  },
};

describe('a sender who is shut out while it waits for a lock', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const newScene = async (): Promise<Scene> => {
    const owner = await api.newUser();
    const campaignId = await api.newCampaign(owner);
    const [sessionId, completedId] = [await api.newSession(owner, campaignId), await api.newSession(owner, campaignId)];
    expectStatus(await api.as(owner).post(`/api/sessions/${completedId}/finalize`, {}), 200);
    const entryIds = new Map<string, string>();
    for (const { noun } of WORLD_SAMPLES) entryIds.set(noun.plural, await api.newEntry(owner, campaignId, noun));
    return { owner, campaignId, sessionId, completedId, entryIds, other: await api.join(campaignId, 'owner') };
  };
  const tokenOf = async (owner: ApiUser): Promise<{ readonly token: string }> => {
    const made = await api.as(owner).post('/api/auth/tokens', { name: 'Script', scopes: SCOPES, password: PASSWORD });
    return { token: textAt(expectStatus(made, 201).body, 'token') };
  };
  /** Until somebody waits for what this transaction holds. */
  const awaited = async (): Promise<void> => {
    const waiting = 'select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid';
    while ((await ask(api.database, waiting)).length === 0);
  };

  const losses: readonly (readonly [typeof ofRights, who: 'user' | 'script', ...statuses: number[]])[] = [
    [ofSignIns, 'user', 401],
    [ofTokens, 'script', 401],
    [ofRights, 'user', 403, 404],
  ];
  for (const [what, { row, ask: request, holdsCampaign }] of [
    ...Object.entries(inCampaign),
    ...Object.entries(ofAccount),
  ]) {
    it(`writes nothing of what ${what}`, async () => {
      for (const [means, who, ...statuses] of what in ofAccount ? losses.slice(0, 1) : losses) {
        for (const [how, lose] of Object.entries(means)) {
          if (holdsCampaign === true && how === 'lost the campaign to the trash') continue;
          const scene = await newScene();
          const client = api.as(who === 'user' ? scene.owner : await tokenOf(scene.owner));
          const [table, id, key = 'id'] = row(scene);
          const answers: Promise<ApiResponse>[] = [];
          const before = await api.database.transactional(async () => {
            await ask(api.database, `select from ${table} where ${key} = $1 for update`, [id]);
            answers.push(request(client, scene));
            await awaited();
            await lose(scene, api);
            return api.fingerprint();
          });
          const [answer] = await Promise.all(answers);
          expect(answer?.status, how).to.be.oneOf(statuses);
          expect(await api.fingerprint(), how).to.equal(before);
        }
      }
    });
  }
});
