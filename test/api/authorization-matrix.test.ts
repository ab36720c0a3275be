import { expect } from 'chai';
import { type JsonSchema, jsonSchema } from '../../adapters/http/json-schema.ts';
import type { Endpoint, OperationSpec } from '../../adapters/operations/operation.ts';
import { ROLES, type Role } from '../../core/members/role.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import { WORLD_SAMPLES, type WorldSample } from '../support/world-samples.ts';
import { type ApiResponse, type Client, nextLink } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  PASSWORD,
  UNKNOWN_ID,
  expectProblem,
  expectStatus,
  startApi,
  textAt,
} from '../support/api.ts';
import type { JsonObject } from '../support/contract.ts';

/* Who may do what, over HTTP. The table is written by hand, from the contract: it must not be made from the code. */

const CALLERS = [
  'anonymous',
  'stranger',
  ...ROLES,
  // An owner of each campaign of ours, until suspended; and a GM of each, until removed.
  'suspended',
  'removed',
  // Both are the owner's. The first has every scope but the one that is needed.
  'token without the scope',
  'token with the scope',
] as const;
type Caller = (typeof CALLERS)[number];
type Person = Exclude<Caller, 'anonymous' | 'token without the scope' | 'token with the scope'>;

/**
 * Where the request's ids lead: to what is ours, ours but for GMs only, another's, ours in the trash, in a campaign in the
 * trash, nowhere.
 */
const PLACES = ['ours', 'hidden', 'another', 'trash', 'a campaign in the trash', 'nowhere'] as const;
type Place = (typeof PLACES)[number];

type ByRole = Readonly<Record<Role, number>>;

interface Row {
  readonly who: 'anybody' | 'accounts' | 'accounts and any token' | 'accounts and tokens' | 'members';
  /** What the path names. */
  readonly names?:
    | 'campaign'
    | 'member'
    | 'session'
    | 'completed session'
    | 'entry'
    | 'invite'
    // An invite, to whoever has its code.
    | 'code'
    | 'sign-in'
    | 'API token';
  /** The noun of the world that an entry is of. */
  readonly noun?: string;
  /** What is answered to who may. */
  readonly status: number;
  /** By role, in a campaign of ours; and where what is named lies in its trash. */
  readonly ours?: ByRole;
  readonly trash?: ByRole;
  readonly body?: JsonObject | ((people: People) => Promise<JsonObject>);
  /** It ends sign-ins of its caller. */
  readonly endsSignIns?: true;
}

const all = (status: number): ByRole => ({ owner: status, gm: status, player: status, viewer: status });
const gms = (status: number): ByRole => ({ owner: status, gm: status, player: 403, viewer: 403 });
const owners = (status: number): ByRole => ({ owner: status, gm: 403, player: 403, viewer: 403 });

/** The same of every noun of the world, whose entries are shown to the party here. */
const WORLD: Readonly<Record<keyof WorldSample['operations'], Row>> = {
  create: { who: 'members', names: 'campaign', status: 201, ours: gms(201), body: { name: 'Pell' } },
  list: { who: 'members', names: 'campaign', status: 200, ours: all(200) },
  get: { who: 'members', names: 'entry', status: 200, ours: all(200) },
  update: { who: 'members', names: 'entry', status: 200, ours: gms(200), body: { name: 'New' } },
  delete: { who: 'members', names: 'entry', status: 204, ours: gms(204) },
  // Nobody but GMs sees what lies in the trash.
  restore: {
    ...{ who: 'members', names: 'entry', status: 200, ours: gms(200) },
    trash: { owner: 200, gm: 200, player: 404, viewer: 404 },
  },
};

const TABLE: Readonly<Record<string, Row>> = {
  getLive: { who: 'anybody', status: 200 },
  getReady: { who: 'anybody', status: 200 },

  register: { who: 'anybody', status: 201, body: () => Promise.resolve(newcomer()) },
  logIn: {
    who: 'anybody',
    status: 200,
    body: ({ bystander: { email } }) => Promise.resolve({ email, password: PASSWORD }),
  },
  refreshSignIn: {
    who: 'anybody',
    status: 200,
    body: async ({ api, bystander }) => ({ refreshToken: (await api.logIn(bystander)).refreshToken }),
  },
  logOut: { who: 'anybody', status: 204, body: { refreshToken: 'of nobody' } },
  // With the tokens by which the rest of the matrix asks.
  logOutEverywhere: { who: 'accounts', status: 204, body: { keepApiTokens: true }, endsSignIns: true },
  getMe: { who: 'accounts and any token', status: 200 },
  updateMe: { who: 'accounts', status: 200, body: {} },
  changePassword: {
    who: 'accounts',
    status: 204,
    body: { currentPassword: PASSWORD, newPassword: PASSWORD, keepApiTokens: true },
    endsSignIns: true,
  },
  listSignIns: { who: 'accounts', status: 200 },
  endSignIn: { who: 'accounts', names: 'sign-in', status: 204 },
  listApiTokens: { who: 'accounts', status: 200 },
  createApiToken: {
    who: 'accounts',
    status: 201,
    body: { name: 'Script', scopes: ['world:read'], password: PASSWORD },
  },
  revokeApiToken: { who: 'accounts', names: 'API token', status: 204 },

  createCampaign: { who: 'accounts and tokens', status: 201, body: { name: 'Another bell' } },
  listCampaigns: { who: 'accounts and tokens', status: 200 },
  getCampaign: { who: 'members', names: 'campaign', status: 200, ours: all(200) },
  updateCampaign: { who: 'members', names: 'campaign', status: 200, ours: gms(200), body: { name: 'New' } },
  deleteCampaign: { who: 'members', names: 'campaign', status: 204, ours: owners(204) },
  restoreCampaign: { who: 'members', names: 'campaign', status: 200, ours: owners(200), trash: owners(200) },
  getCampaignSummary: { who: 'members', names: 'campaign', status: 200, ours: all(200) },

  listMembers: { who: 'members', names: 'campaign', status: 200, ours: all(200) },
  changeRole: { who: 'members', names: 'member', status: 200, ours: owners(200), body: { role: 'viewer' } },
  removeMember: { who: 'members', names: 'member', status: 204, ours: owners(204) },

  createInvite: { who: 'members', names: 'campaign', status: 201, ours: gms(201), body: { role: 'player' } },
  listInvites: { who: 'members', names: 'campaign', status: 200, ours: gms(200) },
  getInvite: { who: 'anybody', names: 'code', status: 200 },
  acceptInvite: { who: 'accounts and tokens', names: 'code', status: 200 },
  revokeInvite: { who: 'members', names: 'invite', status: 204, ours: gms(204) },

  scheduleSession: { who: 'members', names: 'campaign', status: 201, ours: gms(201), body: { title: 'High tide' } },
  listSessions: { who: 'members', names: 'campaign', status: 200, ours: all(200) },
  listMySessions: { who: 'accounts and tokens', status: 200 },
  getSession: { who: 'members', names: 'session', status: 200, ours: all(200) },
  updateSession: { who: 'members', names: 'session', status: 200, ours: gms(200), body: { title: 'New' } },
  deleteSession: { who: 'members', names: 'session', status: 204, ours: gms(204) },
  restoreSession: { who: 'members', names: 'session', status: 200, ours: gms(200), trash: gms(200) },
  startSession: { who: 'members', names: 'session', status: 200, ours: gms(200) },
  cancelSession: { who: 'members', names: 'session', status: 200, ours: gms(200) },
  rescheduleSession: {
    who: 'members',
    names: 'session',
    status: 200,
    ours: gms(200),
    body: { scheduledDate: '2026-12-04T19:00:00Z' },
  },
  reopenSession: { who: 'members', names: 'completed session', status: 200, ours: gms(200) },
  finalizeSession: { who: 'members', names: 'session', status: 200, ours: gms(200), body: { summary: 'Done' } },
  getResults: { who: 'members', names: 'completed session', status: 200, ours: all(200) },
  amendResults: { who: 'members', names: 'completed session', status: 200, ours: gms(200), body: { xpAwarded: 1 } },

  ...Object.fromEntries(
    WORLD_SAMPLES.flatMap(({ noun, operations }) => [
      [operations.create.spec.name, WORLD.create],
      [operations.list.spec.name, WORLD.list],
      [operations.get.spec.name, { ...WORLD.get, noun: noun.plural }],
      [operations.update.spec.name, { ...WORLD.update, noun: noun.plural }],
      [operations.delete.spec.name, { ...WORLD.delete, noun: noun.plural }],
      [operations.restore.spec.name, { ...WORLD.restore, noun: noun.plural }],
    ]),
  ),
};

/** The fields of requests that name something else than the path does. The path's own are found. */
const BODY_IDS: Readonly<Record<string, readonly string[]>> = {
  // Kept as the GM gave it, and looked up nowhere.
  finalizeSession: ['npcInteractions[].npcId'],
  amendResults: ['npcInteractions[].npcId'],
  // Who is no member is refused: see world.test.ts.
  ...Object.fromEntries(
    WORLD_SAMPLES.flatMap(({ operations: { create, update } }) =>
      [create, update].map(({ spec }) => [spec.name, ['visibleTo[]']]),
    ),
  ),
};

/** Well-formed, and of no invite. */
const UNKNOWN_CODE = 'dead'.repeat(8);

interface People extends Readonly<Record<Person, ApiUser>> {
  readonly api: Api;
  /** In every campaign of ours, and no caller: whom the owner changes. */
  readonly bystander: ApiUser;
  /** The owner of a campaign in which none of the others is. */
  readonly another: ApiUser;
}

/** What a path can name; `own` is a sign-in or an API token. */
interface Ids {
  readonly campaignId: string;
  readonly userId: string;
  readonly session: string;
  readonly completed: string;
  /** Its code. */
  readonly invite: string;
  readonly own: string;
  /** By the noun's plural. */
  readonly entries: ReadonlyMap<string, string>;
}

let newcomers = 0;
function newcomer(): JsonObject {
  newcomers += 1;
  return { email: `newcomer${newcomers}@example.org`, username: `newcomer${newcomers}`, password: PASSWORD };
}

/** The status and the code that the table has for it. */
function expected(row: Row, caller: Caller, place: Place): readonly [number, string] {
  const { who, names, status } = row;
  const told = toldTo(row, caller, place);
  if (who === 'anybody') return [told, 'not_found'];
  if (caller === 'anonymous') return [401, 'unauthenticated'];
  if (caller === 'suspended') return [401, 'invalid_token'];
  if (who === 'accounts' && isToken(caller)) return [403, 'forbidden'];
  if (who !== 'accounts and any token' && caller === 'token without the scope') return [403, 'forbidden'];
  if (names === undefined) return [status, ''];
  return [told, told === 403 ? 'forbidden' : 'not_found'];
}

function toldTo(row: Row, caller: Caller, place: Place): number {
  if (row.names === undefined) return row.status;
  if (isOwn(row) || row.names === 'code') return place === 'ours' ? row.status : 404;
  const role = isToken(caller) ? 'owner' : ROLES.find((each) => each === caller);
  if (role === undefined) return 404;
  if (place === 'hidden' && role !== 'owner' && role !== 'gm') return 404;
  if (place === 'ours' || place === 'hidden') return row.ours?.[role] ?? 404;
  return place === 'trash' ? (row.trash?.[role] ?? 404) : 404;
}

function placesOf({ names }: Row): readonly Place[] {
  if (names === undefined) return ['ours'];
  // To whoever has its code, another's is as good.
  if (names === 'code') return ['ours', 'trash', 'a campaign in the trash', 'nowhere'];
  return PLACES.filter((place) => {
    if (place === 'hidden') return names === 'entry';
    return place !== 'a campaign in the trash' || names.endsWith('session') || ['entry', 'invite'].includes(names);
  });
}

function isOwn({ names }: Row): boolean {
  return names === 'sign-in' || names === 'API token';
}

function isToken(caller: Caller): boolean {
  return caller.startsWith('token ');
}

function isPerson(caller: Caller): caller is Person {
  return caller !== 'anonymous' && !isToken(caller);
}

function methodsOf({ method, alsoMethod }: OperationSpec): readonly Method[] {
  return alsoMethod === undefined ? [method] : [method, alsoMethod];
}
type Method = OperationSpec['method'] | 'PUT';

/** An answer's bytes, but for what is the caller's own: the path it asked for. */
function comparable({ status, headers, text }: ApiResponse): string {
  const told = [...headers].filter(([name]) => name !== 'date').map(([name, value]) => `${name}: ${value}`);
  return [status, ...told, text.replace(/"instance":"[^"]*"/, '')].join('\n');
}

/** Where a schema has ids: `npcInteractions[].npcId`. */
function idsIn({ format, properties = {}, items }: JsonSchema, path = ''): readonly string[] {
  if (format === 'uuid') return [path];
  return [
    ...Object.entries(properties).flatMap(([name, child]) => idsIn(child, path === '' ? name : `${path}.${name}`)),
    ...(items === undefined ? [] : idsIn(items, `${path}[]`)),
  ];
}

describe('who may do what', () => {
  let people: People;
  let api: Api;
  let endpoints: readonly Endpoint[];
  /** What the refused requests name: they change nothing, so all can share it. */
  let shared: Readonly<Record<Place, Ids>>;
  const tokens = new Map<string, string>();

  before(async function () {
    this.timeout(60_000);
    // It makes hundreds of campaigns.
    api = await startApi(undefined, { LIMIT_CAMPAIGNS: '0' });
    ({ endpoints } = api.application);
    const someone = (): Promise<ApiUser> => api.newUser();
    people = {
      api,
      ...{ owner: await someone(), gm: await someone(), player: await someone(), viewer: await someone() },
      ...{ stranger: await someone(), suspended: await someone(), removed: await someone() },
      ...{ bystander: await someone(), another: await someone() },
    };
    await api.application.users.suspend({ userId: people.suspended.id });
    shared = {
      ours: await stage('ours'),
      hidden: await stage('hidden'),
      another: await stage('another'),
      trash: await stage('trash'),
      'a campaign in the trash': await stage('a campaign in the trash'),
      nowhere: await stage('nowhere'),
    };
  });
  after(async () => {
    await api.close();
    expect(api.loggedErrors).to.deep.equal([]);
  });

  it('has a row for each operation, and no other row', () => {
    expect(Object.keys(TABLE)).to.have.members(endpoints.map(({ spec }) => spec.name));
  });

  for (const [name, row] of Object.entries(TABLE)) {
    const cells = CALLERS.flatMap((caller) => placesOf(row).map((place) => ({ caller, place })));

    it(`${name} is refused to all others, who change nothing by it and do not learn what there is`, async () => {
      const calls: { caller: Caller; place: Place; ids: Ids }[] = [];
      for (const cell of cells.filter(({ caller, place }) => expected(row, caller, place)[0] >= 400)) {
        calls.push({ ...cell, ids: isOwn(row) ? await stageOwn(row, cell) : shared[cell.place] });
        if (isToken(cell.caller)) await tokenOf(cell.caller, specOf(name));
      }
      const before = await api.fingerprint();
      for (const method of methodsOf(specOf(name))) {
        const told = new Map<string, string>();
        for (const { caller, place, ids } of calls) {
          const answer = await send(method, name, caller, ids);
          const [status, code] = expected(row, caller, place);
          expect([answer.status, answer.body.code], `${caller}, ${place}`).to.deep.equal([status, code]);
          // Foreign, in the trash or nowhere: whoever is told the same is told it in the same bytes.
          const bytes = comparable(answer);
          expect(bytes, `${caller}, ${place}`).to.equal(told.get(`${caller} ${status}`) ?? bytes);
          told.set(`${caller} ${status}`, bytes);
        }
      }
      expect(await api.fingerprint()).to.equal(before);
    });

    it(`${name} is answered to who may`, async () => {
      for (const method of methodsOf(specOf(name))) {
        for (const cell of cells) {
          const { caller, place } = cell;
          const [status] = expected(row, caller, place);
          if (status >= 400) continue;
          const isFresh = method !== 'GET' && row.names !== undefined;
          const ids = isOwn(row) ? await stageOwn(row, cell) : isFresh ? await stage(place) : shared[place];
          const answer = await send(method, name, caller, ids);
          expect([answer.status, answer.text], `${caller}, ${place}`).to.deep.equal([status, answer.text]);
          if (row.endsSignIns === true) await logInAgain(caller);
        }
      }
    }).timeout(60_000);
  }

  describe('ids that do not belong together', () => {
    it('are known: all that one request can carry', () => {
      for (const { spec } of endpoints) {
        const inBody = spec.body === undefined ? [] : idsIn(jsonSchema(spec.body, { of: 'request' }));
        expect(inBody, spec.name).to.have.members(BODY_IDS[spec.name] ?? []);
        const inPath = [...spec.path.matchAll(/:(\w+)/g)].map(([, id]) => id);
        if (inPath.length > 1) {
          expect(inPath, spec.name).to.deep.equal(['campaignId', 'userId']);
          expect(TABLE[spec.name]?.names, spec.name).to.equal('member');
        }
      }
    });

    it('are not found in one path, and nothing is written', async () => {
      const mine = shared.ours;
      const mineToo = await stage('ours');
      const guest = await api.join(mineToo.campaignId, 'player');
      const yours = shared.another;
      const { another, stranger, removed, bystander, owner } = people;
      const pairs = [
        ...[another.id, stranger.id, guest.id, removed.id, UNKNOWN_ID, mine.session].map((userId) => ({
          ...mine,
          userId,
        })),
        ...[bystander.id, owner.id, another.id].map((userId) => ({ ...yours, userId })),
        { ...mine, campaignId: mine.session },
        { ...mine, campaignId: shared.trash.campaignId },
      ];
      const named = Object.entries(TABLE).filter(([, { names }]) => names === 'member');
      for (const [name] of named) await tokenOf('token with the scope', specOf(name));
      const before = await api.fingerprint();
      for (const [name] of named) {
        for (const ids of pairs) {
          for (const caller of ['owner', 'token with the scope'] as const) {
            expectProblem(await send(specOf(name).method, name, caller, ids), 404, 'not_found');
          }
        }
      }
      expect(named).to.have.lengthOf.at.least(2);
      expect(await api.fingerprint()).to.equal(before);
    });

    it('are not found where one stands for another kind', async () => {
      const before = await api.fingerprint();
      const { campaignId, session, completed, entries } = shared.ours;
      const { owner, bystander } = people;
      for (const { spec } of endpoints.filter(({ spec: { path } }) => path.includes(':'))) {
        const { names = '', noun } = TABLE[spec.name] ?? {};
        const wrong = [
          ...(['campaign', 'member'].includes(names) ? [] : [campaignId]),
          ...(names.endsWith('session') ? [] : [session, completed]),
          ...[...entries].flatMap(([plural, id]) => (plural === noun ? [] : [id])),
          ...[owner.id, bystander.id],
        ];
        for (const id of wrong) {
          const each = new Map([...entries.keys()].map((plural) => [plural, id]));
          const ids = {
            campaignId: id,
            session: id,
            completed: id,
            own: id,
            invite: id,
            entries: each,
            userId: bystander.id,
          };
          for (const method of methodsOf(spec)) {
            expectProblem(await send(method, spec.name, 'owner', ids), 404, 'not_found');
          }
        }
      }
      expect(await api.fingerprint()).to.equal(before);
    });

    it('are not found by a cursor: that of another list, or of another caller, is none', async () => {
      const { owner, gm } = people;
      const mine = await stage('ours');
      const mineToo = await stage('ours');
      const list = `/api/campaigns/${mine.campaignId}/sessions?limit=1`;
      const next = nextLink(expectStatus(await api.as(owner).get(list), 200)) ?? '';
      const cursor = `cursor=${new URL(next, 'http://localhost').searchParams.get('cursor') ?? ''}`;
      expectStatus(await api.as(owner).get(`${list}&${cursor}`), 200);
      for (const answer of [
        await api.as(gm).get(`${list}&${cursor}`),
        await api.as(owner).get(`/api/campaigns/${mineToo.campaignId}/sessions?limit=1&${cursor}`),
        await api.as(owner).get(`/api/campaigns/${mine.campaignId}/members?limit=1&${cursor}`),
        await api.as(owner).get(`${list}&status=planned&${cursor}`),
      ]) {
        expectProblem(answer, 400, 'invalid_cursor');
      }
    });
  });

  function specOf(name: string): OperationSpec {
    const found = endpoints.find(({ spec }) => spec.name === name);
    if (found === undefined) throw new Error(`There is no operation ${name}.`);
    return found.spec;
  }

  /** A campaign with everybody in it, and what is in it, moved to where `place` says. */
  async function stage(place: Place): Promise<Ids> {
    const { bystander, another, removed } = people;
    if (place === 'nowhere') {
      const none = new Map(WORLD_SAMPLES.map(({ noun }) => [noun.plural, UNKNOWN_ID]));
      const nowhere = {
        campaignId: UNKNOWN_ID,
        session: UNKNOWN_ID,
        completed: UNKNOWN_ID,
        own: UNKNOWN_ID,
        invite: UNKNOWN_CODE,
      };
      return { ...nowhere, entries: none, userId: bystander.id };
    }
    const owner = place === 'another' ? another : people.owner;
    const campaignId = await api.newCampaign(owner);
    const session = await api.newSession(owner, campaignId);
    const completed = await api.newSession(owner, campaignId);
    expectStatus(await api.as(owner).post(`/api/sessions/${completed}/finalize`, {}), 200);
    if (place !== 'another') {
      for (const role of ['gm', 'player', 'viewer'] as const) await api.join(campaignId, role, people[role]);
      await api.join(campaignId, 'player', bystander);
      await api.join(campaignId, 'owner', people.suspended);
      await api.join(campaignId, 'gm', removed);
      expectStatus(await api.as(owner).delete(`/api/campaigns/${campaignId}/members/${removed.id}`), 204);
    }
    const entries = new Map<string, string>();
    for (const { noun } of WORLD_SAMPLES) {
      const values = { visibility: place === 'hidden' ? 'gm' : 'party' };
      entries.set(noun.plural, await api.newEntry(owner, campaignId, noun, values));
    }
    const invited = await api.as(owner).post(`/api/campaigns/${campaignId}/invites`, { role: 'player' });
    const invite = textAt(expectStatus(invited, 201).body, 'code');
    const ids = { campaignId, session, completed, entries, invite, own: UNKNOWN_ID, userId: bystander.id };
    if (place === 'a campaign in the trash') {
      expectStatus(await api.as(owner).delete(`/api/campaigns/${campaignId}`), 204);
    }
    if (place === 'trash') {
      for (const id of [session, completed]) expectStatus(await api.as(owner).delete(`/api/sessions/${id}`), 204);
      for (const [plural, id] of entries) expectStatus(await api.as(owner).delete(`/api/${plural}/${id}`), 204);
      expectStatus(await api.as(owner).delete(`/api/invites/${invite}`), 204);
      // Its sessions' campaign is not in the trash itself, or one could not tell which of the two it is that hides them.
      return { ...ids, campaignId: (await stage('a campaign in the trash')).campaignId };
    }
    return place === 'another' ? { ...ids, userId: another.id } : ids;
  }

  /** A sign-in or an API token of the caller, or of the owner's where the caller is not let in. */
  async function stageOwn({ names }: Row, { caller, place }: { caller: Caller; place: Place }): Promise<Ids> {
    if (place === 'nowhere') return shared.nowhere;
    const mine = personOf(caller) ?? people.owner;
    const user = place === 'another' ? people.another : mine.id === people.suspended.id ? people.owner : mine;
    const path = names === 'sign-in' ? '/api/auth/sign-ins' : '/api/auth/tokens';
    const newSignIn = async (): Promise<string> => {
      const { items } = await api.as(await api.logIn(user)).get(path);
      return textAt(items.find(({ current }) => current === true) ?? {}, 'id');
    };
    const newToken = async (): Promise<string> => {
      const made = await api.as(user).post(path, { name: 'Script', scopes: [...SCOPES], password: PASSWORD });
      return textAt(expectStatus(made, 201).body, 'id');
    };
    const own = await (names === 'sign-in' ? newSignIn() : newToken());
    if (place === 'trash') expectStatus(await api.as(user).delete(`${path}/${own}`), 204);
    return { ...shared.nowhere, own };
  }

  async function send(method: Method, name: string, caller: Caller, ids: Ids): Promise<ApiResponse> {
    const spec = specOf(name);
    const { names, noun = '', body } = TABLE[name] ?? {};
    const id = { campaign: ids.campaignId, member: '', session: ids.session, 'completed session': ids.completed };
    const named = {
      ...id,
      invite: '',
      code: '',
      entry: ids.entries.get(noun) ?? '',
      'sign-in': ids.own,
      'API token': ids.own,
    };
    const path = spec.path
      .replace(':campaignId', ids.campaignId)
      .replace(':userId', ids.userId)
      .replace(':code', ids.invite)
      .replace(':id', named[names ?? 'member']);
    const content = typeof body === 'function' ? await body(people) : (body ?? {});
    const client = await clientOf(caller, spec);
    const headers = { 'x-request-id': 'the-same' };
    switch (method) {
      case 'GET':
        return client.get(path, headers);
      case 'POST':
        return client.post(path, content, headers);
      case 'PATCH':
        return client.patch(path, content, headers);
      case 'PUT':
        return client.put(path, content, headers);
      case 'DELETE':
        return client.delete(path, headers);
    }
  }

  async function clientOf(caller: Caller, spec: OperationSpec): Promise<Client> {
    if (isToken(caller)) return api.as({ token: await tokenOf(caller, spec) });
    const person = personOf(caller);
    return person === null ? api.anybody : api.as(person);
  }

  function personOf(caller: Caller): ApiUser | null {
    return isPerson(caller) ? people[caller] : null;
  }

  async function logInAgain(caller: Caller): Promise<void> {
    const person = personOf(caller);
    if (person !== null) people = { ...people, [caller]: await api.logIn(person) };
  }

  /** Of the owner; one for each set of scopes. */
  async function tokenOf(caller: Caller, { access }: OperationSpec): Promise<string> {
    const needed = 'scope' in access ? access.scope : null;
    const scopes = SCOPES.filter(
      (scope) => needed === null || (scope === needed) === (caller === 'token with the scope'),
    );
    const known = tokens.get(scopes.join());
    if (known !== undefined) return known;
    const made = await api.as(people.owner).post('/api/auth/tokens', { name: 'Script', scopes, password: PASSWORD });
    const token = textAt(expectStatus(made, 201).body, 'token');
    tokens.set(scopes.join(), token);
    return token;
  }
});
