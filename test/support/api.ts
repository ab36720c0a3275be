import { expect } from 'chai';
import { makeHttpApp } from '../../adapters/http/http-app.ts';
import { startHttpServer } from '../../adapters/http/http-server.ts';
import type { Role } from '../../core/members/role.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import type { Noun } from '../../core/world/entry.ts';
import { readConfig } from '../../infrastructure/config/config.ts';
import { type Application, openApplication } from '../../infrastructure/container/application.ts';
import { ids } from '../../infrastructure/crypto/ids.ts';
import type { ConnectionTarget, Database } from '../../infrastructure/database/database.ts';
import { type FixedClock, makeFixedClock } from '../../infrastructure/memory/fixed-clock.ts';
import { type ApiResponse, type Client, isObject, makeClients } from './api-clients.ts';
import type { JsonObject } from './contract.ts';
import { databaseUrl, openTestDatabase, testCluster } from './test-cluster.ts';
import { ask } from './ask.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;
/** Well-formed, and nobody's. */
export const UNKNOWN_ID = '0198a000-0000-7000-8000-00000000dead';
export const PASSWORD = 'Quiet Harbour 7';

/** Where each test's API begins in time: a whole second, as access tokens count those. */
const START = new Date('2026-11-23T19:00:00.000Z');

export interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

export interface ApiUser extends Tokens {
  readonly id: string;
  readonly email: string;
  readonly username: string;
}

export interface Party extends Readonly<Record<Role, ApiUser>> {
  readonly campaignId: string;
  readonly stranger: ApiUser;
}

export interface Api {
  readonly application: Application;
  readonly url: string;
  readonly clock: FixedClock;
  /** Connections of the test's own to the API's database. */
  readonly database: Database;
  /** Without a token. */
  readonly anybody: Client;
  as(user: Pick<ApiUser, 'token'>): Client;
  /** Somebody new, signed in at the clock's present. */
  newUser(names?: { readonly email?: string; readonly username?: string }): Promise<ApiUser>;
  /** Another sign-in of the same person. */
  logIn(user: ApiUser): Promise<ApiUser>;
  refresh(user: Pick<ApiUser, 'refreshToken'>): Promise<Tokens>;
  /** Answers its id. */
  newCampaign(owner: ApiUser, values?: JsonObject): Promise<string>;
  /** Answers its id. */
  newSession(gm: ApiUser, campaignId: string, values?: JsonObject): Promise<string>;
  /** One of a noun of the world, for GMs only where nothing else is said. Answers its id. */
  newEntry(gm: ApiUser, campaignId: string, noun: Pick<Noun<object>, 'plural'>, values?: object): Promise<string>;
  /** Puts somebody new, or `user`, into the campaign. Past the API, in any role. */
  join(campaignId: string, role: Role, user?: ApiUser): Promise<ApiUser>;
  /** A campaign with a member of each role, and somebody who is none. */
  newParty(): Promise<Party>;
  /** A digest of every row of every table: equal as long as nothing was written. */
  fingerprint(): Promise<string>;
  /** What the server logged as errors: nothing, as a rule. */
  readonly loggedErrors: readonly LogFields[];
  close(): Promise<void>;
}

/** The real application over a database of its own, reached by `urlOf`, behind a real HTTP server. */
export async function startApi(
  urlOf: (target: ConnectionTarget) => string = databaseUrl,
  settings: Readonly<Record<string, string>> = {},
): Promise<Api> {
  const target = await (await testCluster()).migrated();
  const env = { DATABASE_URL: urlOf(target), JWT_SECRET: 'only for tests, and long enough for that' };
  // As many connections as any test has callers at once: none is refused for having waited on a slow machine.
  const config = readConfig({ ...env, ...settings, DB_POOL_MIN: '0', DB_POOL_MAX: '60', RATE_LIMIT: 'off' }, 'serve');
  const clock = makeFixedClock(START);
  const loggedErrors: LogFields[] = [];
  const logger = errorLogger(loggedErrors);
  const application = await openApplication({
    config,
    logger,
    name: 'lazy-foundry api tests',
    version: '0.0.0',
    clock,
  });
  const database = await openTestDatabase(target);
  const { endpoints, authenticate, identify, readAccessToken } = application;
  const app = makeHttpApp({
    endpoints,
    authenticate,
    identify,
    readAccessToken,
    logger,
    newRequestId: () => ids.next(),
    corsOrigins: [],
    production: false,
    version: '0.0.0',
    trustedProxies: [],
    limiter: null,
  });
  const server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  const client = makeClients(server.url, endpoints);
  const anybody = client(null);

  const api: Api = {
    application,
    url: server.url,
    clock,
    database,
    anybody,
    loggedErrors,
    as: ({ token }) => client(token),
    newUser: async (names = {}) => {
      const name = `u${ids.next().replaceAll('-', '').slice(4)}`;
      const body = { email: `${name}@example.org`, username: name, password: PASSWORD, ...names };
      const { body: signedIn } = expectStatus(await anybody.post('/api/auth/register', body), 201);
      const user = objectAt(signedIn, 'user');
      return {
        id: textAt(user, 'id'),
        email: textAt(user, 'email'),
        username: textAt(user, 'username'),
        ...tokensOf(signedIn),
      };
    },
    logIn: async (user) => {
      const credentials = { email: user.email, password: PASSWORD };
      const { body } = expectStatus(await anybody.post('/api/auth/login', credentials), 200);
      return { ...user, ...tokensOf(body) };
    },
    refresh: async ({ refreshToken }) =>
      tokensOf(expectStatus(await anybody.post('/api/auth/refresh', { refreshToken }), 200).body),
    newCampaign: async (owner, values = {}) => {
      const made = await api.as(owner).post('/api/campaigns', { name: 'The Drowned Bell', ...values });
      return textAt(expectStatus(made, 201).body, 'id');
    },
    newSession: async (gm, campaignId, values = {}) => {
      const path = `/api/campaigns/${campaignId}/sessions`;
      const made = await api.as(gm).post(path, { title: 'Low tide', ...values });
      return textAt(expectStatus(made, 201).body, 'id');
    },
    newEntry: async (gm, campaignId, { plural }, values = {}) => {
      const path = `/api/campaigns/${campaignId}/${plural}`;
      const made = await api.as(gm).post(path, { name: 'Pell', ...values });
      return textAt(expectStatus(made, 201).body, 'id');
    },
    join: async (campaignId, role, user) => {
      const member = user ?? (await api.newUser());
      const values = [campaignId, member.id, role, clock.now().toISOString()];
      await ask(
        database,
        'insert into members (campaign_id, user_id, role, joined_at) values ($1, $2, $3, $4)',
        values,
      );
      return member;
    },
    newParty: async () => {
      const owner = await api.newUser();
      const campaignId = await api.newCampaign(owner);
      return {
        campaignId,
        owner,
        gm: await api.join(campaignId, 'gm'),
        player: await api.join(campaignId, 'player'),
        viewer: await api.join(campaignId, 'viewer'),
        stranger: await api.newUser(),
      };
    },
    fingerprint: () => fingerprint(database),
    close: async () => {
      await server.stop();
      await application.close();
      await database.close();
    },
  };
  return api;
}

/** @throws AssertionError unless the answer is this problem; its form was checked by the client */
export function expectProblem(response: ApiResponse, status: number, code: string): void {
  expect([response.status, response.body.code], response.text).to.deep.equal([status, code]);
}

/** As expectProblem, of `validation_failed` for exactly these fields. */
export function expectInvalid(response: ApiResponse, ...fields: readonly string[]): void {
  expectProblem(response, 400, 'validation_failed');
  const { errors } = response.body;
  const named = Array.isArray(errors) ? errors.map((each: { readonly field: unknown }) => each.field) : [];
  expect([...new Set(named)], response.text).to.have.members(fields);
}

/** The same answer, for more to be asked of it. */
export function expectStatus(response: ApiResponse, status: number): ApiResponse {
  expect(response.status, response.text).to.equal(status);
  return response;
}

/** An answer's bytes but for what says which request it answers. */
export function bytesOf({ status, text }: ApiResponse, { instance = false } = {}): string {
  const told = text.replace(/"requestId":"[^"]*"/, '');
  return `${status} ${instance ? told : told.replace(/"instance":"[^"]*"/, '')}`;
}

export function etagOf({ headers }: ApiResponse): string {
  const etag = headers.get('ETag');
  if (etag === null) throw new Error('No ETag.');
  return etag;
}

export function textAt(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new Error(`${name} is no text in ${JSON.stringify(object)}`);
  return value;
}

export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (!isObject(value)) throw new Error(`${name} is no object in ${JSON.stringify(object)}`);
  return value;
}

function tokensOf(body: JsonObject): Tokens {
  return { token: textAt(body, 'token'), refreshToken: textAt(body, 'refreshToken') };
}

function errorLogger(errors: LogFields[]): Logger {
  const ignore = (): void => undefined;
  return {
    error: (event, fields = {}) => {
      errors.push({ event, ...fields });
    },
    warn: ignore,
    info: ignore,
    debug: ignore,
  };
}

async function fingerprint(database: Database): Promise<string> {
  const tables = await ask<{ name: string }>(
    database, // That a log-in failed is counted, and is meant to be.
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> 'login_failures'",
  );
  const digests: string[] = [];
  for (const { name } of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const digest = "coalesce(md5(string_agg(t::text, '|' order by t::text)), '')";
    const [row] = await ask<{ digest: string }>(database, `select ${digest} as digest from "${name}" t`);
    digests.push(`${name} ${row?.digest ?? ''}`);
  }
  return digests.join('\n');
}
