import { expect } from 'chai';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import { type Api, type ApiUser, DAY, PASSWORD, expectStatus, startApi, textAt } from '../support/api.ts';
import { ask } from '../support/ask.ts';
import type { JsonObject } from '../support/contract.ts';
import { beginSlowly } from '../support/slow-body.ts';
import { WORLD_SAMPLES } from '../support/world-samples.ts';

/* Between a request and its effect there may be a wait, and its sender shut out: nothing may be written then. */

/** An owner of a campaign, with all that each operation that takes a body may be tried on. */
interface Victim extends ApiUser {
  readonly campaignId: string;
  readonly other: ApiUser;
  /** Another sign-in of the same person. */
  readonly elsewhere: ApiUser;
  readonly script: { readonly id: string; readonly token: string };
}

type Try = readonly [ids: (victim: Victim) => Promise<JsonObject> | JsonObject, body: JsonObject];

describe('a sender who is shut out meanwhile', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const newVictim = async (): Promise<Victim> => {
    const user = await api.newUser();
    const campaignId = await api.newCampaign(user);
    const other = await api.join(campaignId, 'owner');
    const body = { name: 'Script', scopes: SCOPES, password: PASSWORD };
    const made = expectStatus(await api.as(user).post('/api/auth/tokens', body), 201).body;
    const script = { id: textAt(made, 'id'), token: textAt(made, 'token') };
    return { ...user, campaignId, other, elsewhere: await api.logIn(user), script };
  };

  const inCampaign = ({ campaignId }: Victim): JsonObject => ({ campaignId });
  const ofCampaign = ({ campaignId }: Victim): JsonObject => ({ id: campaignId });
  const ofSession = async (victim: Victim): Promise<JsonObject> => ({
    id: await api.newSession(victim, victim.campaignId),
  });
  const ofTrashed =
    (kind: string, made: (victim: Victim) => Promise<JsonObject>) =>
    async (victim: Victim): Promise<JsonObject> => {
      const ids = await made(victim);
      expectStatus(await api.as(victim).delete(`/api/${kind}/${textAt(ids, 'id')}`), 204);
      return ids;
    };
  const ofCompleted = async (victim: Victim): Promise<JsonObject> => {
    const ids = await ofSession(victim);
    expectStatus(await api.as(victim).post(`/api/sessions/${textAt(ids, 'id')}/finalize`, {}), 200);
    return ids;
  };
  /** The code of one to another's campaign. */
  const strangersInvite = async (): Promise<string> => {
    const owner = await api.newUser();
    const path = `/api/campaigns/${await api.newCampaign(owner)}/invites`;
    return textAt(expectStatus(await api.as(owner).post(path, { role: 'player' }), 201).body, 'code');
  };
  const world = WORLD_SAMPLES.flatMap(({ noun, operations }): [string, Try][] => {
    const ofEntry = async (victim: Victim): Promise<JsonObject> => ({
      id: await api.newEntry(victim, victim.campaignId, noun),
    });
    return [
      [operations.create.spec.name, [inCampaign, { name: 'New' }]],
      [operations.update.spec.name, [ofEntry, { name: 'New' }]],
      [operations.restore.spec.name, [ofTrashed(noun.plural, ofEntry), {}]],
    ];
  });
  /** By operation. What ends sign-ins comes last. */
  const tries: Readonly<Record<string, Try>> = {
    createCampaign: [() => ({}), { name: 'New' }],
    updateCampaign: [ofCampaign, { name: 'New' }],
    restoreCampaign: [ofTrashed('campaigns', async (victim) => ({ id: await api.newCampaign(victim) })), {}],
    scheduleSession: [inCampaign, { title: 'New' }],
    updateSession: [ofSession, { title: 'New' }],
    restoreSession: [ofTrashed('sessions', ofSession), {}],
    startSession: [ofSession, {}],
    cancelSession: [ofSession, {}],
    reopenSession: [ofCompleted, {}],
    rescheduleSession: [ofSession, { scheduledDate: '2027-01-01T00:00:00Z' }],
    finalizeSession: [ofSession, { summary: 'New' }],
    amendResults: [ofCompleted, { summary: 'New' }],
    changeRole: [({ campaignId, other }) => ({ campaignId, userId: other.id }), { role: 'gm' }],
    createInvite: [inCampaign, { role: 'player' }],
    acceptInvite: [async () => ({ code: await strangersInvite() }), {}],
    ...Object.fromEntries(world),
    updateMe: [() => ({}), { username: 'new.name' }],
    createApiToken: [() => ({}), { name: 'New', scopes: ['world:read'], password: PASSWORD }],
    changePassword: [() => ({}), { currentPassword: PASSWORD, newPassword: 'Another Harbour 8' }],
    logOutEverywhere: [() => ({}), {}],
  };
  const withBody = (): readonly Endpoint[] =>
    api.application.endpoints.filter(({ spec }) => spec.body !== undefined && !('public' in spec.access));

  /** Begins each of those operations, and answers how to end them all, one after the other. */
  const beginAll = async (
    victim: Victim,
    token: string,
    meant: (endpoint: Endpoint) => boolean,
  ): Promise<() => Promise<Readonly<Record<string, number>>>> => {
    const begun: [string, Awaited<ReturnType<typeof beginSlowly>>][] = [];
    for (const [name, [idsOf, body]] of Object.entries(tries)) {
      const endpoint = withBody().find(({ spec }) => spec.name === name);
      if (endpoint === undefined || !meant(endpoint)) continue;
      const { method, alsoMethod, path: template } = endpoint.spec;
      for (const each of alsoMethod === undefined ? [method] : [method, alsoMethod]) {
        const ids = await idsOf(victim);
        const path = template.replaceAll(/:(\w+)/g, (_, id: string) => textAt(ids, id));
        begun.push([`${name} by ${each}`, await beginSlowly(api.url, { method: each, path, token, body })]);
      }
    }
    return async () => {
      const statuses: Record<string, number> = {};
      for (const [name, finish] of begun) statuses[name] = (await finish()).status;
      return statuses;
    };
  };
  const isForTokens = ({ spec }: Endpoint): boolean => 'scope' in spec.access;
  const isOfCampaign = (endpoint: Endpoint): boolean =>
    isForTokens(endpoint) && endpoint.spec.path.includes(':') && !endpoint.spec.path.includes(':code');

  it('is tried with every operation that takes a body', () => {
    expect(Object.keys(tries)).to.have.members(withBody().map(({ spec }) => spec.name));
  });

  it('would be let in otherwise, and what it sent slowly be done', async () => {
    const victim = await newVictim();
    const statuses = await (await beginAll(victim, victim.token, () => true))();
    expect(
      Object.values(statuses).every((status) => status < 300),
      JSON.stringify(statuses),
    ).to.equal(true);
  });

  const setRole = ({ campaignId, id }: Victim, role: string): Promise<unknown> =>
    ask(api.database, 'update members set role = $3 where campaign_id = $1 and user_id = $2', [campaignId, id, role]);
  type Way = (victim: Victim) => Promise<unknown>;
  const signIns: Readonly<Record<string, Way>> = {
    'was suspended': ({ id }) => api.application.users.suspend({ userId: id }),
    'logged out': ({ refreshToken }) => api.anybody.post('/api/auth/logout', { refreshToken }),
    'logged out everywhere': ({ elsewhere }) => api.as(elsewhere).post('/api/auth/logout-all'),
    'changed the password elsewhere': ({ elsewhere }) =>
      api.as(elsewhere).post('/api/auth/password', { currentPassword: PASSWORD, newPassword: 'Third Harbour 9' }),
    'had the password reset': ({ id }) =>
      api.application.users.resetPassword({ userId: id, password: 'Third Harbour 9' }),
    'had the sign-in ended elsewhere': async ({ elsewhere, id }) => {
      const [first] = await ask<{ id: string }>(
        api.database,
        'select id from sign_ins where user_id = $1 order by id limit 1',
        [id],
      );
      return expectStatus(await api.as(elsewhere).delete(`/api/auth/sign-ins/${first?.id ?? ''}`), 204);
    },
    'had a refresh token stolen and used again': async ({ refreshToken }) => {
      await api.refresh({ refreshToken });
      api.clock.advance(11_000);
      return api.anybody.post('/api/auth/refresh', { refreshToken });
    },
    'let the sign-in expire': async () => {
      api.clock.advance(30 * DAY);
      return Promise.resolve();
    },
  };
  const tokens: Readonly<Record<string, Way>> = {
    'had it revoked': ({ elsewhere, script }) => api.as(elsewhere).delete(`/api/auth/tokens/${script.id}`),
    'let it expire': ({ script }) =>
      ask(api.database, 'update api_tokens set expires_at = $2 where id = $1', [script.id, api.clock.now()]),
    'was suspended': ({ id }) => api.application.users.suspend({ userId: id }),
  };
  const roles: Readonly<Record<string, Way>> = {
    'was made a player': (victim) => setRole(victim, 'player'),
    'was made a viewer': (victim) => setRole(victim, 'viewer'),
    'was removed': ({ campaignId, id, other }) => api.as(other).delete(`/api/campaigns/${campaignId}/members/${id}`),
    'lost the campaign to the trash': ({ campaignId, other }) => api.as(other).delete(`/api/campaigns/${campaignId}`),
  };
  const ways: readonly (readonly [
    string,
    Readonly<Record<string, Way>>,
    (by: Victim) => string,
    typeof isForTokens,
  ])[] = [
    ['as somebody who', signIns, ({ token }) => token, () => true],
    ['by an API token of somebody who', tokens, ({ script }) => script.token, isForTokens],
    ['in a campaign as somebody who', roles, ({ token }) => token, isOfCampaign],
  ];
  for (const [how, means, tokenOf, meant] of ways) {
    for (const [what, shutOut] of Object.entries(means)) {
      it(`writes nothing of the bodies that it sent ${how} ${what} before their end`, async () => {
        const victim = await newVictim();
        // The one that lies in a campaign of its own is not touched by what happens in the other.
        const chosen = (endpoint: Endpoint): boolean =>
          meant(endpoint) && !(means === roles && endpoint.spec.name === 'restoreCampaign');
        const finish = await beginAll(victim, tokenOf(victim), chosen);
        await shutOut(victim);
        const before = await api.fingerprint();
        const statuses = Object.values(await finish());
        expect(statuses.length).to.be.greaterThan(13);
        const refused = means === roles ? [403, 404] : [401];
        expect(statuses.filter((status) => !refused.includes(status))).to.deep.equal([]);
        expect(await api.fingerprint()).to.equal(before);
      });
    }
  }
});
