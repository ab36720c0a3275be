import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import type { Role } from '../../core/members/role.ts';
import type { Database } from '../../infrastructure/database/database.ts';
import { WORLD_SAMPLES, type WorldSample } from '../support/world-samples.ts';
import { postgresqlAdapters } from '../support/postgresql-adapters.ts';
import { PASSWORD, type RealServer, startRealServer } from '../support/real-server.ts';
import { openTestDatabase } from '../support/test-cluster.ts';

type User = Awaited<ReturnType<RealServer['newUser']>>;

/** A campaign with a member of each role, and a session in each state. */
interface Scene {
  readonly users: Readonly<Record<Role | 'stranger', User>>;
  readonly campaignId: string;
  readonly planned: string;
  readonly played: string;
  readonly trashed: string;
  readonly tokenId: string;
  /** Its code. */
  readonly invite: string;
  /** By the noun's plural: one that the party sees, and one in the trash. */
  readonly entries: ReadonlyMap<string, { readonly shown: string; readonly trashed: string }>;
}

interface Call {
  readonly by: (scene: Scene) => Pick<User, 'token'> | null;
  readonly params?: (scene: Scene) => Readonly<Record<string, string>>;
  readonly body?: (scene: Scene) => unknown;
  /** To be done before the answers are cached. */
  readonly first?: (scene: Scene, server: RealServer) => Promise<unknown>;
}

const owner = ({ users }: Scene): User => users.owner;
const gm = ({ users }: Scene): User => users.gm;
const player = ({ users }: Scene): User => users.player;
const ofCampaign = ({ campaignId: id }: Scene) => ({ id });
const ofPlanned = ({ planned: id }: Scene) => ({ id });
const ofPlayed = ({ played: id }: Scene) => ({ id });
const ofPlayer = ({ campaignId, users }: Scene) => ({ campaignId, userId: users.player.id });

/** One that succeeds of each operation that changes something. */
const CALLS: Readonly<Record<string, Call>> = {
  register: {
    by: () => null,
    body: () => ({ email: `new${Date.now()}@example.org`, username: `new${Date.now()}`, password: PASSWORD }),
  },
  logIn: { by: () => null, body: ({ users }) => ({ email: users.player.email, password: PASSWORD }) },
  refreshSignIn: { by: () => null, body: ({ users }) => ({ refreshToken: users.player.refreshToken }) },
  logOut: { by: () => null, body: ({ users }) => ({ refreshToken: users.player.refreshToken }) },
  logOutEverywhere: { by: player },
  changePassword: { by: player, body: () => ({ currentPassword: PASSWORD, newPassword: 'Louder Harbour 8' }) },
  endSignIn: { by: player, params: ({ users }) => ({ id: signInOf(users.player) }) },
  updateMe: { by: player, body: () => ({ username: `renamed${Date.now()}` }) },
  createApiToken: { by: player, body: () => ({ name: 'Script', scopes: ['campaigns:read'], password: PASSWORD }) },
  revokeApiToken: { by: player, params: ({ tokenId: id }) => ({ id }) },
  createCampaign: { by: player, body: () => ({ name: 'Another' }) },
  updateCampaign: { by: owner, params: ofCampaign, body: () => ({ name: 'Renamed', status: 'paused' }) },
  deleteCampaign: { by: owner, params: ofCampaign },
  restoreCampaign: {
    by: owner,
    params: ofCampaign,
    body: () => ({}),
    first: ({ users, campaignId }, server) =>
      server.call('DELETE', `/api/campaigns/${campaignId}`, { token: users.owner.token }),
  },
  changeRole: { by: owner, params: ofPlayer, body: () => ({ role: 'gm' }) },
  removeMember: { by: owner, params: ofPlayer },
  createInvite: { by: gm, params: ({ campaignId }) => ({ campaignId }), body: () => ({ role: 'player' }) },
  acceptInvite: { by: ({ users }) => users.stranger, params: ({ invite: code }) => ({ code }), body: () => ({}) },
  revokeInvite: { by: gm, params: ({ invite: code }) => ({ code }) },
  scheduleSession: { by: gm, params: ({ campaignId }) => ({ campaignId }), body: () => ({ title: 'Next' }) },
  updateSession: { by: gm, params: ofPlanned, body: () => ({ title: 'Renamed', gmNotes: 'Other notes' }) },
  deleteSession: { by: gm, params: ofPlanned },
  restoreSession: { by: gm, params: ({ trashed: id }) => ({ id }), body: () => ({}) },
  startSession: { by: gm, params: ofPlanned, body: () => ({}) },
  cancelSession: { by: gm, params: ofPlanned, body: () => ({ reason: 'Ill' }) },
  rescheduleSession: { by: gm, params: ofPlanned, body: () => ({ scheduledDate: '2026-12-24T19:00:00.000Z' }) },
  reopenSession: { by: gm, params: ofPlayed },
  finalizeSession: { by: gm, params: ofPlanned, body: () => ({ summary: 'Done', unfinishedThreads: ['Who rang?'] }) },
  amendResults: { by: gm, params: ofPlayed, body: () => ({ summary: 'Amended', unfinishedThreads: ['Why?'] }) },
  ...Object.fromEntries(WORLD_SAMPLES.flatMap((sample) => Object.entries(callsOf(sample)))),
};

/** Of a noun of the world. */
function callsOf({ noun: { plural }, operations, others }: WorldSample): Readonly<Record<string, Call>> {
  const { create, update, delete: remove, restore } = operations;
  const ofShown = ({ entries }: Scene) => ({ id: entries.get(plural)?.shown ?? '' });
  return {
    [create.spec.name]: {
      by: gm,
      params: ({ campaignId }) => ({ campaignId }),
      body: () => ({ name: 'Another', visibility: 'party' }),
    },
    [update.spec.name]: {
      by: gm,
      params: ofShown,
      body: ({ users }) => ({ ...others, name: 'Renamed', visibility: 'chosen', visibleTo: [users.viewer.id] }),
    },
    [remove.spec.name]: { by: gm, params: ofShown },
    [restore.spec.name]: {
      by: gm,
      params: ({ entries }) => ({ id: entries.get(plural)?.trashed ?? '' }),
      body: () => ({}),
    },
  };
}

/** Queries that a change can bring something on, or off. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  listCampaigns: ['', '?limit=1', '?status=paused', '?role=gm', '?q=Renamed', '?name=Renamed'],
  listSessions: ['', '?status=planned', '?from=2026-12-24T00:00:00Z&limit=1', '?number=4'],
  ...Object.fromEntries(
    WORLD_SAMPLES.map(({ operations }) => [
      operations.list.spec.name,
      ['', '?limit=1', '?visibility=chosen', '?q=Renamed', '?tag=harbour'],
    ]),
  ),
};

describe('each operation that changes something', function () {
  this.timeout(60_000);
  let truth: RealServer;
  let one: RealServer;
  let two: RealServer;
  let elsewhere: Database;
  before(async () => {
    truth = await startRealServer();
    const sharing = { target: truth.target, clock: truth.clock, cache: true } as const;
    [one, two] = [await startRealServer(sharing), await startRealServer(sharing)];
    elsewhere = await openTestDatabase(truth.target, { announces: true });
    const { endpoints } = truth.application;
    changing = endpoints.filter(({ spec }) => spec.method !== 'GET');
    cached = endpoints.filter(({ cacheable }) => cacheable);
    shared = await fourUsers();
  });
  after(async () => {
    for (const server of [truth, one, two]) await server.close();
    await elsewhere.close();
  });
  let changing: readonly Endpoint[];
  let cached: readonly Endpoint[];
  let shared: Omit<Scene['users'], 'player'>;

  const make = async ({ token }: User, path: string, body: unknown): Promise<string> => {
    const made = await truth.call('POST', path, { token, body });
    expect(made.status, made.text).to.equal(201);
    return String(made.body.id);
  };
  const fourUsers = async (): Promise<Omit<Scene['users'], 'player'>> => {
    const newUser = () => truth.newUser();
    return { owner: await newUser(), gm: await newUser(), viewer: await newUser(), stranger: await newUser() };
  };
  const openScene = async (): Promise<Scene> => {
    const users = { ...shared, player: await truth.newUser() };
    const campaignId = await make(users.owner, '/api/campaigns', { name: 'The Drowned Bell' });
    const { members } = postgresqlAdapters(elsewhere);
    for (const role of ['gm', 'player', 'viewer'] as const) {
      await members.add({ campaignId, userId: users[role].id, role, joinedAt: truth.clock.now() });
    }
    const session = (title: string) =>
      make(users.gm, `/api/campaigns/${campaignId}/sessions`, {
        title,
        gmNotes: 'A trap',
        scheduledDate: '2026-12-01T19:00:00.000Z',
      });
    const [planned, played, trashed] = [await session('Planned'), await session('Played'), await session('Trashed')];
    const { token } = users.gm;
    await truth.call('POST', `/api/sessions/${played}/finalize`, { token, body: { summary: 'They came.' } });
    await truth.call('DELETE', `/api/sessions/${trashed}`, { token });
    const invited = await truth.call('POST', `/api/campaigns/${campaignId}/invites`, {
      token,
      body: { role: 'player' },
    });
    const tokenId = await make(users.player, '/api/auth/tokens', {
      name: 'Old',
      scopes: ['sessions:read'],
      password: PASSWORD,
    });
    const entries = new Map<string, { shown: string; trashed: string }>();
    for (const { noun, own } of WORLD_SAMPLES) {
      const body = { ...own, name: 'Pell', tags: ['harbour'], visibility: 'party', gmNotes: 'A spy' };
      const add = () => make(users.gm, `/api/campaigns/${campaignId}/${noun.plural}`, body);
      const one = { shown: await add(), trashed: await add() };
      await truth.call('DELETE', `/api/${noun.plural}/${one.trashed}`, { token });
      entries.set(noun.plural, one);
    }
    return { users, campaignId, planned, played, trashed, tokenId, invite: String(invited.body.code), entries };
  };
  const readsOf = ({ campaignId, planned, played, entries }: Scene): readonly string[] =>
    cached.flatMap(({ spec }) => {
      const [, noun = ''] = /^\/api\/(\w+)\//.exec(spec.path) ?? [];
      const entry = entries.get(noun);
      const ids = entry !== undefined ? Object.values(entry) : noun === 'campaigns' ? [campaignId] : [planned, played];
      const found = new Set(ids.map((id) => spec.path.replace(/:\w+/, id)));
      return [...found].flatMap((path) => (QUERIES[spec.name] ?? ['']).map((query) => path + query));
    });
  const answers = (server: RealServer, scene: Scene): Promise<readonly string[]> =>
    Promise.all(
      Object.entries(scene.users).flatMap(([role, { token }]) =>
        readsOf(scene).map(async (path) => {
          const { status, headers, text } = await server.call('GET', path, { token });
          // A fault tells its request's id.
          return `${role} GET ${path}: ${status} ${headers.get('etag')} ${status === 200 ? text : ''}`;
        }),
      ),
    );

  it('is known to this test, and so is each whose answers are cached', () => {
    expect(Object.keys(CALLS)).to.have.members(changing.map(({ spec }) => spec.name));
    expect(cached.map(({ spec }) => spec.name)).to.have.members([
      'listCampaigns',
      'getCampaign',
      'getCampaignSummary',
      'listSessions',
      'getSession',
      'getResults',
      ...WORLD_SAMPLES.flatMap(({ operations: { list, get } }) => [list.spec.name, get.spec.name]),
    ]);
  });

  for (const [name, { by, params, body, first }] of Object.entries(CALLS)) {
    it(`leaves no stale answer behind: ${name}`, async () => {
      const scene = await openScene();
      await first?.(scene, one);
      for (const server of [one, two]) await answers(server, scene);
      const endpoint = changing.find(({ spec }) => spec.name === name);
      if (endpoint === undefined) throw new Error(`There is no ${name}.`);
      const { method, path } = endpoint.spec;
      const given = params?.(scene) ?? {};
      const caller = by(scene);
      const { status, text } = await one.call(
        method,
        path.replaceAll(/:(\w+)/g, (_, key: string) => given[key] ?? ''),
        {
          ...(caller !== null && { token: caller.token }),
          ...(body !== undefined && { body: body(scene) }),
        },
      );
      expect(status, text).to.be.within(200, 204);
      const [own, real] = [await answers(one, scene), await answers(truth, scene)];
      expect(own).to.deep.equal(real);
      // The other one hears of it, long before it would forget by itself.
      let other = await answers(two, scene);
      for (
        const deadline = performance.now() + 2000;
        !isDeepStrictEqual(other, real) && performance.now() < deadline;
      ) {
        other = await answers(two, scene);
      }
      expect(other).to.deep.equal(real);
    });
  }
});

function signInOf({ token }: User): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const [, id = ''] = /"sid":"([^"]+)"/.exec(JSON.stringify(claims)) ?? [];
  return id;
}
