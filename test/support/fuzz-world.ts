import { newApiToken } from '../../core/auth/api-token.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import type { Role } from '../../core/members/role.ts';
import { apiTokenSecrets } from '../../infrastructure/crypto/api-token-secrets.ts';
import { ids } from '../../infrastructure/crypto/ids.ts';
import { type Api, type ApiUser, UNKNOWN_ID, textAt } from './api.ts';
import { type FuzzRequest, bodyText } from './fuzz-request.ts';
import type { JsonObject } from './contract.ts';
import type { WireRequest } from './keep-alive-client.ts';
import { postgresqlAdapters } from './postgresql-adapters.ts';
import { ask } from './ask.ts';

type CallerName = FuzzRequest['caller'];

/**
 * The part of the database that one connection works on, so that a run with the same seed is the same run: a party, its
 * campaigns, and the ids of what has come into being. Requests name those by `@@…@@`.
 */
export interface FuzzWorld {
  /** The request as it is sent now. */
  prepare(request: FuzzRequest): WireRequest;
  /** Takes note of what an answer tells of: new ids, the next page, a sign-in that ended. */
  learn(request: FuzzRequest, sent: WireRequest, answer: Answer): Promise<void>;
  /** What is there, by noun. */
  known(noun: string): readonly string[];
  /** The owner; another one where the last request signed that one out. */
  signedInOwner(): Promise<ApiUser>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** So many of each noun are remembered, the newest. */
const MEMORY = 12;
/** What belongs to one person and not to the campaign. */
const PERSONAL = new Set(['sign-ins', 'tokens']);
/** Who sees all that there is. */
const SEEING: ReadonlySet<CallerName> = new Set(['owner', 'script']);

export async function newFuzzWorld(api: Api, other: () => FuzzWorld | undefined): Promise<FuzzWorld> {
  const { campaignId, ...party } = await api.newParty();
  const bystanders = [await api.join(campaignId, 'player'), await api.join(campaignId, 'viewer')];
  // Past the API, which makes an address wait at which so many wrong passwords were tried.
  const { apiTokens } = postgresqlAdapters(api.database);
  const newToken = async ({ id }: ApiUser): Promise<string> => {
    const { token, hash, prefix } = apiTokenSecrets.issue();
    const given = { name: 'Fuzz', scopes: [...SCOPES] };
    await apiTokens.add(newApiToken(ids.next(), id, prefix, given, api.clock.now()), hash);
    return token;
  };
  const script = { ...party.owner, token: await newToken(party.owner) };
  const people: Record<CallerName, ApiUser> = { ...party, script };
  const pools = new Map<string, string[]>([
    ['campaigns', [campaignId]],
    ['sessions', [await api.newSession(party.owner, campaignId)]],
    ['members', bystanders.map(({ id }) => id)],
  ]);
  const keyOf = (noun: string, caller: CallerName): string => (PERSONAL.has(noun) ? `${noun} of ${caller}` : noun);
  const poolOf = (key: string): string[] => {
    const pool = pools.get(key) ?? [];
    pools.set(key, pool);
    return pool;
  };
  const remember = (key: string, id: string): void => {
    const pool = poolOf(key);
    if (!pool.includes(id)) pool.push(id);
    // The first campaign is the one that has members.
    if (pool.length > MEMORY) pool.splice(1, 1);
  };
  const pick = (key: string, at: number): string | undefined => {
    const pool = poolOf(key);
    return pool[at % Math.max(1, pool.length)];
  };

  const resolved = (text: string, caller: CallerName): string =>
    text.replaceAll(/@@([A-Za-z-]+)(?::(\d+))?@@/g, (_, name: string, number = '0') => {
      const at = Number(number);
      switch (name) {
        case 'email':
          return people[caller].email;
        case 'refresh':
          return people[caller].refreshToken;
        case 'version':
          return String(1 + (at % 3));
        case 'other':
          return other()?.known(at % 2 === 0 ? 'sessions' : 'campaigns')[0] ?? UNKNOWN_ID;
        case 'next':
          return pick(`next of ${caller}`, at) ?? '/api/campaigns';
        case 'cursor':
          return tampered(/cursor=([^&]+)/.exec(pick(`next of ${caller}`, at) ?? '')?.[1] ?? 'AAAA', at);
        default:
          return pick(keyOf(name, caller), at) ?? UNKNOWN_ID;
      }
    });

  const replace = async (caller: CallerName): Promise<void> => {
    if (caller === 'script') return;
    const user = await api.newUser();
    people[caller] = user;
    for (const noun of PERSONAL) pools.delete(keyOf(noun, caller));
    pools.delete(`next of ${caller}`);
    if (caller !== 'stranger') await api.join(campaignId, caller satisfies Role, user);
    if (caller !== 'owner') return;
    people.script = { ...user, token: await newToken(user) };
  };

  const heal = async (): Promise<void> => {
    const { database } = api;
    await ask(database, 'update campaigns set deleted_at = null where id = $1', [campaignId]);
    const roles = [
      ['owner', people.owner],
      ['gm', people.gm],
      ['player', people.player],
      ['viewer', people.viewer],
    ] as const;
    for (const [role, { id }] of [...roles, ...bystanders.map((user) => ['player', user] as const)]) {
      await ask(
        database,
        `insert into members (campaign_id, user_id, role, joined_at) values ($1, $2, $3, $4)
         on conflict (campaign_id, user_id) do update set role = excluded.role`,
        [campaignId, id, role, api.clock.now().toISOString()],
      );
    }
  };

  return {
    signedInOwner: async () => {
      if ((await api.as(people.owner).get('/api/auth/me')).status !== 200) await replace('owner');
      return people.owner;
    },
    known: (noun) => poolOf(noun),
    prepare: (request) => {
      const { caller, method } = request;
      const query = [
        ...new URLSearchParams(request.query.map(([name, value]): [string, string] => [name, value]))
          .toString()
          .split('&'),
        resolved(request.rawQuery, caller),
      ];
      // Half of what is restored was in the trash.
      const restores = request.path.replace(/([a-z-]+):(\d*[02468])@@\/restore$/, 'trashed-$1:$2@@/restore');
      const path = resolved(restores, caller);
      const asked = query.filter((part) => part !== '').join('&');
      const given = new Set(request.headers.map(([name]) => name.toLowerCase()));
      const text = bodyText(request);
      return {
        method,
        target: asked === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${asked}`,
        headers: [
          ...(given.has('authorization') && request.kind !== 'odd'
            ? []
            : [
                ['Authorization', resolved(request.authorization ?? `Bearer ${people[caller].token}`, caller)] as const,
              ]),
          ...(text === null || given.has('content-type') ? [] : [['Content-Type', 'application/json'] as const]),
          ...request.headers.map(([name, value]) => [name, resolved(value, caller)] as const),
        ],
        body: text === null ? null : bytesOf(resolved(text, caller)),
      };
    },
    learn: async (request, { target }, { status, headers, text }) => {
      const { caller, method, kind } = request;
      const [path = ''] = target.split('?');
      const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      if (next !== undefined) remember(`next of ${caller}`, next);
      if (status === 401 && isTurnedOut(request, path, text)) await replace(caller);
      const named = /([^/]+)\/([0-9a-f-]{36})(?:\/[a-z-]+)?$/.exec(path);
      if (path.includes('/members/') && status < 300) await heal();
      else if (named !== null && method === 'DELETE' && status === 204)
        await forget(caller, named, `trashed-${named[1] ?? ''}`);
      else if (named !== null && kind === 'valid' && status === 404 && SEEING.has(caller)) await forget(caller, named);
      if (status >= 300 || text === '') return;
      const body: unknown = JSON.parse(text);
      if (path === '/api/auth/refresh' && isRecord(body)) {
        people[caller] = {
          ...people[caller],
          token: textAt(body, 'token'),
          refreshToken: textAt(body, 'refreshToken'),
        };
      }
      const noun = path.split('/').at(-1) ?? '';
      // What others make, the owner may not see.
      if (!PERSONAL.has(noun) && !SEEING.has(caller)) return;
      for (const each of Array.isArray(body) ? body.filter(isRecord) : isRecord(body) && status === 201 ? [body] : []) {
        // An invite is found by its code, which is told once.
        const { id, code = id } = each;
        if (typeof code === 'string') remember(keyOf(noun, caller), code);
      }
    },
  };

  /** So that most requests name what is there. */
  async function forget(caller: CallerName, [, noun = '', id = '']: RegExpExecArray, into?: string): Promise<void> {
    if (id === campaignId) {
      await heal();
      return;
    }
    const key = keyOf(noun, caller);
    pools.set(
      key,
      poolOf(key).filter((each) => each !== id),
    );
    if (into !== undefined) remember(into, id);
  }
}

function isTurnedOut({ authorization, headers }: FuzzRequest, path: string, problem: string): boolean {
  const usedOwnToken = authorization === null && headers.every(([name]) => name.toLowerCase() !== 'authorization');
  return (
    usedOwnToken && !/^\/api\/auth\/(login|refresh)$/.test(path) && /"(token_expired|invalid_token)"/.test(problem)
  );
}

/** `@@byte:ff@@` is a byte that no text has. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text.toWellFormed(), 'utf8');
  if (!text.includes('@@byte:')) return bytes;
  const raw = bytes
    .toString('latin1')
    .replaceAll(/@@byte:([0-9a-f]{2})@@/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(raw, 'latin1');
}

function tampered(cursor: string, at: number): string {
  if (at % 3 === 0) return cursor;
  const place = at % cursor.length;
  return `${cursor.slice(0, place)}${cursor[place] === 'A' ? 'B' : 'A'}${cursor.slice(place + 1)}`;
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
