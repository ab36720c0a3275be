import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CampaignQueries } from '../../core/campaigns/campaign-queries.ts';
import { makeSummarizeCampaign } from '../../core/campaigns/summarize-campaign.ts';
import type { Seen } from '../../core/members/member.ts';
import { makeListMySessions } from '../../core/sessions/list-my-sessions.ts';
import { makeListSessions } from '../../core/sessions/list-sessions.ts';
import type { SessionFilter, SessionQueries } from '../../core/sessions/session-queries.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { Invite } from '../../core/members/invite.ts';
import type { InviteQueries } from '../../core/members/invite-queries.ts';
import { makeLookAtInvite } from '../../core/members/look-at-invite.ts';
import type { MemberQueries } from '../../core/members/member-queries.ts';
import type { Role } from '../../core/members/role.ts';
import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import type { Page, PageRequest } from '../../core/shared/page.ts';
import { rehearse } from '../../core/shared/rehearse.ts';
import type { Noun } from '../../core/world/entry.ts';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import { explainFault } from '../../infrastructure/database/explain-fault.ts';
import { type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import { campaignOperations } from '../operations/campaigns.ts';
import { runFolder } from '../../test/support/test-run.ts';
import { WORLD_SAMPLES } from '../../test/support/world-samples.ts';
import { makeCursors } from '../operations/cursor.ts';
import { inviteOperations } from '../operations/invites.ts';
import { memberOperations } from '../operations/members.ts';
import { resultOperations } from '../operations/results.ts';
import { sessionCourseOperations } from '../operations/session-course.ts';
import { sessionOperations } from '../operations/sessions.ts';
import type { Host, LocalCore } from './host.ts';
import { runCli } from './program.ts';

/* The command line over the real operations and use cases, in memory. No tests here; it is for those beside it. */

export const PASSWORD = 'Correct-horse-9';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Host['env'];
  /** Of stdout and stderr. */
  readonly terminal?: boolean;
  /** What is typed, line by line, on a terminal; or the whole of standard input. */
  readonly typed?: readonly string[];
  readonly input?: string;
  readonly host?: Partial<Host>;
}

export interface CliFixture {
  readonly core: CoreFixture;
  /** Not made before it is needed. */
  readonly dataFolder: string;
  /** How often the core was opened, and how often closed. */
  readonly counts: { opened: number; closed: number };
  run(argv: readonly string[], surroundings?: Surroundings): Promise<Outcome>;
  /** As run, and what it printed read as JSON. */
  json(argv: readonly string[], surroundings?: Surroundings): Promise<unknown>;
  newUser(email: string): Promise<string>;
  /** With one user, `gm@example.org`, where there is none. Answers the campaign's id. */
  newCampaign(name: string): Promise<string>;
  newSession(campaignId: string, title: string): Promise<string>;
  /** With the user name `user-<name>` and the address `<name>@example.org`. Answers the user's id. */
  newMember(campaignId: string, name: string, role: Role): Promise<string>;
}

export function makeCliFixture(): CliFixture {
  const fixture = makeCoreFixture();
  const dataFolder = join(runFolder(), randomUUID());
  const tracked = track(fixture);
  const { core, users, counts } = { ...tracked, counts: { opened: 0, closed: 0 } };
  const local: LocalCore = {
    endpoints: tracked.endpoints,
    rehearse: (work) => rehearse(core.transaction, work),
    users: {
      create: tracked.createUser,
      suspend: core.suspendUser,
      activate: core.activateUser,
      resetPassword: core.resetPassword,
      queries: users,
    },
    close: () => {
      counts.closed += 1;
      return Promise.resolve();
    },
  };
  const run: CliFixture['run'] = async (argv, { env = {}, terminal = false, typed, input, host = {} } = {}) => {
    const stdout = makeStream(terminal);
    const stderr = makeStream(terminal);
    const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => undefined });
    if (typed === undefined) stdin.end(input ?? '');
    else answerPrompts(stdin, stderr.stream, typed);
    const code = await runCli(argv, {
      version: '1.2.3',
      env: { TZ: 'Europe/Berlin', ...env },
      stdin: asInput(stdin),
      stdout: asOutput(stdout.stream),
      stderr: asOutput(stderr.stream),
      now: () => core.clock.now(),
      dataFolder: async () => {
        await mkdir(dataFolder, { recursive: true });
        return dataFolder;
      },
      open: () => {
        counts.opened += 1;
        return Promise.resolve(local);
      },
      explainFault: (error) => explainFault(error, () => undefined),
      openMigrations: () => Promise.reject(new Error('not in this test')),
      checkHealth: () => Promise.reject(new Error('not in this test')),
      serve: () => Promise.reject(new Error('not in this test')),
      ...host,
    });
    return { code, out: stdout.text(), err: stderr.text() };
  };
  return {
    core,
    dataFolder,
    counts,
    run,
    json: async (argv, surroundings) => {
      const { code, out, err } = await run([...argv, '--json'], surroundings);
      if (code !== 0) throw new Error(`${argv.join(' ')}: ${code} ${err}`);
      const answer: unknown = JSON.parse(out);
      return answer;
    },
    newUser: async (email) => {
      const [username = ''] = email.split('@');
      return (await tracked.createUser({ email, username: `user-${username}`, password: PASSWORD })).id;
    },
    newCampaign: async (name) => {
      const { items } = await users.list({ limit: 1, after: null });
      if (items.length === 0) {
        await tracked.createUser({ email: 'gm@example.org', username: 'the-gm', password: PASSWORD });
      }
      return idIn(
        await run(['campaign', 'create', '--name', name, '--quiet', '--as', items[0]?.email ?? 'gm@example.org']),
      );
    },
    newSession: async (campaignId, title) =>
      idIn(await run(['session', 'schedule', '--title', title, '--campaign', campaignId, '--quiet'])),
    newMember: async (campaignId, name, role) => {
      const user = { email: `${name}@example.org`, username: `user-${name}`, password: PASSWORD };
      const { id: userId } = await tracked.createUser(user);
      await core.members.add({ campaignId, userId, role, joinedAt: core.clock.now() });
      return userId;
    },
  };
}

/** An EDITOR that replaces a word. (`sed -i` is another thing on macOS.) */
export function replacing(word: string, other: string): string {
  return `sh -c 'sed s/${word}/${other}/ "$0" > "$0.new" && mv "$0.new" "$0"'`;
}

function idIn({ code, out, err }: Outcome): string {
  if (code !== 0) throw new Error(err);
  return out.trim();
}

/** The fixture's use cases, with queries that know whatever was created through them. */
function track(core: CoreFixture) {
  const ids = { users: new Set<string>(), campaigns: new Set<string>(), sessions: new Set<string>() };
  const createUser: CoreFixture['createUser'] = async (input) => remember(ids.users, await core.createUser(input));

  const usersKnown = async (): Promise<readonly UserRecord[]> =>
    (await Promise.all([...ids.users].map((id) => core.users.find(id)))).filter((user) => user !== null);
  const users: UserQueries = {
    findMe: async (viewer) => {
      const { userId } = claimedBy(viewer);
      const user = await core.users.find(userId);
      return user && { ...user, usage: await core.usage(userId) };
    },
    find: (id) => core.users.find(id),
    findByEmail: (email) => core.users.findByEmail(email),
    findByIdEnding: async (ending, limit) =>
      (await usersKnown()).filter(({ id }) => id.endsWith(ending)).slice(0, limit),
    list: async (page) => pageOf(await usersKnown(), page),
  };
  const seen: CampaignQueries['find'] = async (viewer, id) => {
    const member = await core.members.find(id, claimedBy(viewer).userId);
    return member === null ? null : { value: await core.campaigns.getForUpdate(id), role: member.role };
  };
  const sessionsOf = async (campaignId: string): Promise<readonly Session[]> => {
    const all = await Promise.all([...ids.sessions].map((id) => core.sessions.find(id)));
    return all
      .filter((session) => session?.campaignId === campaignId && session.deletedAt === null)
      .filter((session) => session !== null);
  };
  const countOf = async (viewer: Viewer, id: string, noun: Noun<object>): Promise<readonly [string, number]> => {
    const all = { tag: null, visibility: null, q: null, name: null, idEnding: null, own: {} };
    const found = await core.entriesOf(noun).queries.list(viewer, id, all, { limit: 1000, after: null });
    return [noun.plural, found?.items.length ?? 0];
  };
  const campaigns: CampaignQueries = {
    find: seen,
    list: async (viewer, { status, q, name, idEnding }, page) => {
      const all = await Promise.all([...ids.campaigns].map((id) => seen(viewer, id)));
      const mine = all
        .filter((each) => each !== null)
        .filter(
          ({ value }) =>
            (status === null || value.status === status) &&
            (q === null || searchKey(value.name).includes(searchKey(q))),
        )
        .filter(
          ({ value }) =>
            (name === null || searchKey(value.name) === searchKey(name)) && value.id.endsWith(idEnding ?? ''),
        );
      return pageOf(mine.reverse(), page);
    },
    summary: async (viewer, id) => {
      const sessions = await sessionsOf(id);
      return {
        sessionsCompleted: sessions.filter(({ status }) => status === 'completed').length,
        sessionsTotal: sessions.length,
        nextSession: sessions.find(({ status }) => status === 'in_progress' || status === 'planned') ?? null,
        lastSession: sessions.findLast(({ status }) => status === 'completed') ?? null,
        members: 1,
        entries: Object.fromEntries(await Promise.all(WORLD_SAMPLES.map(({ noun }) => countOf(viewer, id, noun)))),
        openThreads: ['Who opened the sluice?'],
      };
    },
  };
  /** Null for who is no member. */
  const matching = async (
    viewer: Viewer,
    campaignId: string,
    { status, from, to, idEnding }: SessionFilter,
  ): Promise<readonly Seen<Session>[] | null> => {
    const member = await core.members.find(campaignId, claimedBy(viewer).userId);
    if (member === null) return null;
    const found = (await sessionsOf(campaignId)).filter(
      ({ id, status: its, scheduledDate }) =>
        (status === null || its === status) &&
        (from === null || (scheduledDate !== null && scheduledDate >= from)) &&
        (to === null || (scheduledDate !== null && scheduledDate <= to)) &&
        id.endsWith(idEnding ?? ''),
    );
    return found.map((value) => ({ value, role: member.role }));
  };
  const sessionQueries: SessionQueries = {
    find: async (viewer, id) => {
      const session = await core.sessions.find(id);
      const member =
        session?.deletedAt === null ? await core.members.find(session.campaignId, claimedBy(viewer).userId) : null;
      return session === null || member === null ? null : { value: session, role: member.role };
    },
    timeZoneOf: async (viewer, id) => (await seen(viewer, id))?.value.timeZone ?? null,
    list: async (viewer, campaignId, { number, ...filter }, _, page) => {
      const found = await matching(viewer, campaignId, filter);
      return (
        found &&
        pageOf(
          found.filter(({ value }) => number === null || value.sessionNumber === number),
          page,
        )
      );
    },
    listMine: async (viewer, filter, page) => {
      const found = await Promise.all([...ids.campaigns].map((id) => matching(viewer, id, filter)));
      return pageOf(
        found.flatMap((each) => each ?? []),
        page,
      );
    },
    findResults: async (viewer, id) => {
      const found = await sessionQueries.find(viewer, id);
      const results = await core.sessions.findResults(id);
      return found === null || results === null ? null : { value: { session: found.value, results }, role: found.role };
    },
  };
  const members: MemberQueries = {
    list: async (viewer, campaignId, page) => {
      const all = await Promise.all(
        [...ids.users].map(async (userId) => {
          const member = await core.members.find(campaignId, userId);
          const user = await core.users.find(userId);
          return member !== null && user !== null ? { ...member, username: user.username } : null;
        }),
      );
      const found = all.filter((member) => member !== null);
      return found.some(({ userId }) => userId === claimedBy(viewer).userId) ? pageOf(found, page) : null;
    },
  };
  const madeInvites = new Set<string>();
  const invitesKnown = async (): Promise<readonly Invite[]> =>
    (await Promise.all([...madeInvites].map((id) => core.invites.find({ id })))).filter((invite) => invite !== null);
  const inviteQueries: InviteQueries = {
    list: async (_, campaignId, page) =>
      pageOf((await invitesKnown()).filter((invite) => invite.campaignId === campaignId).reverse(), page),
    look: async (hash) => {
      const invite = await core.invites.find({ hash });
      return invite && { invite, campaignName: (await core.campaigns.getForUpdate(invite.campaignId)).name };
    },
  };
  const services = {
    invites: {
      create: async (...input: Parameters<CoreFixture['createInvite']>) => {
        const made = await core.createInvite(...input);
        madeInvites.add(made.invite.id);
        return made;
      },
      look: makeLookAtInvite({ ...core, queries: inviteQueries }),
      accept: core.acceptInvite,
      revoke: core.revokeInvite,
      queries: inviteQueries,
    },
    urlOf: (code: string) => `http://127.0.0.1:3001/api/invites/${code}`,
    members: { changeRole: core.changeRole, remove: core.removeMember, queries: members },
    campaigns: {
      create: async (...input: Parameters<CoreFixture['createCampaign']>) => {
        const created = await core.createCampaign(...input);
        ids.campaigns.add(created.value.id);
        return created;
      },
      update: core.updateCampaign,
      delete: core.deleteCampaign,
      restore: core.restoreCampaign,
      queries: campaigns,
      summarize: makeSummarizeCampaign({ campaigns, clock: core.clock }),
    },
    sessions: {
      schedule: async (...input: Parameters<CoreFixture['scheduleSession']>) => {
        const scheduled = await core.scheduleSession(...input);
        ids.sessions.add(scheduled.value.id);
        return scheduled;
      },
      update: core.updateSession,
      start: core.startSession,
      cancel: core.cancelSession,
      reschedule: core.rescheduleSession,
      reopen: core.reopenSession,
      delete: core.deleteSession,
      restore: core.restoreSession,
      list: makeListSessions({ sessions: sessionQueries }),
      listMine: makeListMySessions({ sessions: sessionQueries }),
      queries: sessionQueries,
    },
    results: { finalize: core.finalizeSession, amend: core.amendResults, queries: sessionQueries },
  };
  const cursors = makeCursors(new Uint8Array(32));
  const endpoints = [
    ...campaignOperations.map((operation) => operation.bind(services, cursors)),
    ...sessionOperations.map((operation) => operation.bind(services, cursors)),
    ...sessionCourseOperations.map((operation) => operation.bind(services, cursors)),
    ...resultOperations.map((operation) => operation.bind(services, cursors)),
    ...inviteOperations.map((operation) => operation.bind(services, cursors)),
    ...memberOperations.map((operation) => operation.bind(services, cursors)),
    ...WORLD_SAMPLES.flatMap(({ noun, operations }) => {
      const entries = { ...core.entryCommands(noun), queries: core.entriesOf(noun).queries };
      return Object.values({ ...operations }).map((operation) => operation.bind(entries, cursors));
    }),
  ];
  return { core, createUser, users, endpoints };
}

function remember<T extends { readonly id: string }>(ids: Set<string>, thing: T): T {
  ids.add(thing.id);
  return thing;
}

function pageOf<T>(all: readonly T[], { limit, after }: PageRequest): Page<T> {
  const begin = Number(after?.[0] ?? 0);
  const end = begin + limit;
  return { items: all.slice(begin, end), next: end < all.length ? [end] : null };
}

function makeStream(isTTY: boolean): { readonly stream: PassThrough; text(): string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream, text: () => chunks.join('') };
}

/** Types the next line whenever a question has been asked. */
function answerPrompts(stdin: PassThrough, stderr: PassThrough, typed: readonly string[]): void {
  const lines = [...typed];
  stderr.on('data', (chunk: Buffer) => {
    if (!/(?:\[y\/N\]|Password:|Again:) $/.test(chunk.toString())) return;
    const line = lines.shift();
    setImmediate(() => {
      if (line === undefined) stdin.end();
      else stdin.write(`${line}\n`);
    });
  });
}

// A PassThrough has what the command line uses of a stream of the process, and none of a socket's dozens of methods.
function isInput(stream: unknown): stream is NodeJS.ReadStream {
  return stream instanceof PassThrough;
}

function isOutput(stream: unknown): stream is NodeJS.WriteStream {
  return stream instanceof PassThrough;
}

function asInput(stream: unknown): NodeJS.ReadStream {
  if (!isInput(stream)) throw new Error('not a stream');
  return stream;
}

export function asOutput(stream: unknown): NodeJS.WriteStream {
  if (!isOutput(stream)) throw new Error('not a stream');
  return stream;
}
