import {
  ACTIVE_USERS,
  BIG_CAMPAIGN,
  PASSWORD,
  USERS,
  accessToken,
  emailOf,
  idOf,
  mainCampaign,
  refreshToken,
  sessionId,
} from './dataset.ts';
import type { Call } from './drive.ts';
import type { ServerKind } from './servers.ts';

/** One kind of request, as a front end sends it. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly statuses: readonly number[];
  /** Each request uses up what it asks for, so there is a number of them and not a time. */
  readonly consumes?: true;
  /** What a cache can answer is measured without it as well. */
  readonly cacheable?: true;
  /** So few requests a second that it takes longer to measure them. */
  readonly slow?: true;
  /** What of the answer differs from server to server as it must: ids and times that the server gives. */
  readonly given?: readonly string[];
  /** Where only ours has it: the case of the peers to compare it with. */
  readonly against?: string;
  call(sender: Sender): Call;
}

/** Who sends the request with this number, of those that the case sends to this server. */
export interface Sender {
  readonly number: number;
  /** How often all users have sent one before. */
  readonly turn: number;
  readonly user: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly server: ServerKind;
  /** Sessions per campaign, in relation to 100,000 in all. */
  readonly scale: number;
}

const PAGE_1000 = 999 * 20;
const sessionsOf = (campaign: number): string => `/api/campaigns/${idOf('campaign', campaign)}/sessions`;
const get = ({ headers }: Sender, path: string): Call => ({ method: 'GET', path, headers });
const post = ({ headers }: Sender, path: string, body: unknown): Call => ({ method: 'POST', path, headers, body });

const list = (sender: Sender): Call => get(sender, '/api/campaigns?limit=20');
const one = (sender: Sender): Call => get(sender, `/api/campaigns/${idOf('campaign', mainCampaign(sender.user))}`);
const filtered = (sender: Sender): Call =>
  get(sender, `${sessionsOf(mainCampaign(sender.user))}?status=completed&limit=20`);
const unchanged = (sender: Sender): Call => {
  const role = sender.user < 1000 ? 'owner' : 'gm';
  const { method, path, headers } = one(sender);
  return { method, path, headers: { ...headers, 'if-none-match': `"1-${role}"` } };
};
const page1 = (sender: Sender): Call => get(sender, `${sessionsOf(BIG_CAMPAIGN)}?limit=20`);
const npcs = (sender: Sender): Call => get(sender, `/api/campaigns/${idOf('campaign', BIG_CAMPAIGN)}/npcs?limit=20`);
const page1000 = (sender: Sender): Call => {
  const cursor = sender.server.cursorAfter(sender.user, PAGE_1000);
  return get(sender, `${sessionsOf(BIG_CAMPAIGN)}?limit=20&cursor=${cursor}`);
};
const create = (sender: Sender): Call =>
  post(sender, '/api/campaigns', {
    name: `The Salt Road, part ${sender.number}`,
    description: 'A caravan, a debt, and a road that was not there yesterday. '.repeat(5).trim(),
    setting: 'The Shattered Isles',
    theme: 'exploration',
    tone: 'grim',
    system: 'D&D 5e',
    playerCount: 5,
    partyLevel: 3,
  });
const schedule = (sender: Sender): Call =>
  post(sender, sessionsOf(mainCampaign(sender.user)), {
    title: `Evening at the ford, ${sender.number}`,
    description: 'The caravan reaches the ford at dusk, and somebody has cut the ropes of the ferry. '.repeat(4).trim(),
    gmNotes: 'The ferryman’s daughter did it. She will say so if asked kindly.',
    scheduledDate: '2027-03-05T19:00:00.000Z',
    timeZone: 'Europe/Berlin',
    durationMinutes: 240,
  });

const finalize = (sender: Sender): Call => {
  // Beyond five eighths of a campaign's sessions they are planned; see seed.ts.
  const number = 40 * sender.scale + 1 + sender.turn;
  return post(sender, `/api/sessions/${sessionId(mainCampaign(sender.user), number)}/finalize`, {
    summary: 'They crossed at the second try, and owe the ferryman a favour.',
    events: ['The ropes were cut', 'The ferryman was bribed'],
    playerDecisions: ['To pay'],
    npcInteractions: [{ name: 'Ferryman', note: 'Owed a favour' }],
    unfinishedThreads: ['Who cut the ropes?'],
    xpAwarded: 450,
    lootAwarded: ['a bent copper ring'],
    durationMinutes: 215,
    mood: 'dramatic',
  });
};
const refresh = (sender: Sender): Call =>
  post(from(sender), '/api/auth/refresh', { refreshToken: refreshToken(USERS - 1 - sender.number) });
export const logIn = (sender: Sender): Call =>
  post(from(sender), '/api/auth/login', { email: emailOf(sender.user), password: PASSWORD });

/** Ten requests of which one writes: what an evening of play looks like to the server. */
const MIX = [list, one, filtered, one, list, filtered, one, list, filtered] as const;
const mix = (sender: Sender): Call => {
  const turn = (sender.turn + sender.number) % 10;
  const write = Math.floor(sender.number / 10) % 2 === 0 ? create : schedule;
  return (MIX[turn] ?? write)(sender);
};

export const cases: readonly Case[] = [
  {
    name: 'live',
    title: '/health/live',
    statuses: [200],
    given: ['timestamp'],
    call: () => ({ method: 'GET', path: '/health/live', headers: {} }),
  },
  { name: 'list', title: 'campaigns, a list of 20', statuses: [200], cacheable: true, call: list },
  { name: 'one', title: 'one campaign', statuses: [200], cacheable: true, call: one },
  {
    name: 'unchanged',
    title: 'one campaign, unchanged (304)',
    statuses: [304],
    cacheable: true,
    against: 'one',
    call: unchanged,
  },
  { name: 'sessions', title: 'sessions with a filter', statuses: [200], cacheable: true, call: filtered },
  {
    name: 'page-1',
    title: 'sessions, page 1',
    statuses: [200],
    cacheable: true,
    call: page1,
  },
  {
    name: 'page-1000',
    title: 'sessions, page 1,000',
    statuses: [200],
    cacheable: true,
    call: page1000,
  },
  { name: 'npcs', title: 'NPCs, a list of 20', statuses: [200], cacheable: true, against: 'page-1', call: npcs },
  {
    name: 'create',
    title: 'create a campaign',
    statuses: [201],
    given: ['id', 'createdAt', 'updatedAt'],
    call: create,
  },
  {
    name: 'schedule',
    title: 'schedule a session',
    statuses: [201],
    given: ['id', 'createdAt', 'updatedAt'],
    call: schedule,
  },
  {
    name: 'finalize',
    title: 'finalize a session',
    statuses: [200],
    consumes: true,
    given: ['completedDate', 'updatedAt', 'capturedAt'],
    call: finalize,
  },
  {
    name: 'refresh',
    title: 'refresh the sign-in',
    statuses: [200],
    consumes: true,
    given: ['token', 'refreshToken'],
    call: refresh,
  },
  { name: 'login', title: 'log in', statuses: [200], slow: true, given: ['token', 'refreshToken'], call: logIn },
  {
    name: 'mix',
    title: 'nine reads to a write',
    statuses: [200, 201],
    given: ['id', 'createdAt', 'updatedAt'],
    call: mix,
  },
];

export const caseNames: readonly string[] = cases.map(({ name }) => name);

/** From an address of its own: people log in from home, and an address may do so 20 times a minute. */
function from(sender: Sender): Sender {
  return { ...sender, headers: { 'x-forwarded-for': addressOf(sender.number) } };
}

function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

/** The users of the case with this number: no two cases have one in common, as long as there are enough of them. */
export function usersOf(slice: number, count = ACTIVE_USERS): readonly number[] {
  return Array.from({ length: count }, (_, index) => (slice * ACTIVE_USERS + index) % USERS);
}

export interface Senders {
  /** The next ones: one user after another, and again from the first. */
  take(count: number): Promise<readonly Sender[]>;
}

export function makeSenders(server: ServerKind, scale: number, users: readonly number[]): Senders {
  let taken = 0;
  return {
    take: async (count) => {
      const senders: Sender[] = [];
      for (const end = taken + count; taken < end; taken += 1) {
        const user = users[taken % users.length] ?? 0;
        const token = await accessToken(user);
        const turn = Math.floor(taken / users.length);
        const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': addressOf(user) };
        senders.push({ number: taken, turn, user, headers, server, scale });
      }
      return senders;
    },
  };
}
