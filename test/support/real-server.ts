import { makeHttpApp } from '../../adapters/http/http-app.ts';
import { startHttpServer } from '../../adapters/http/http-server.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { readConfig } from '../../infrastructure/config/config.ts';
import { type Application, openApplication } from '../../infrastructure/container/application.ts';
import { ids } from '../../infrastructure/crypto/ids.ts';
import type { ConnectionTarget } from '../../infrastructure/database/database.ts';
import { type FixedClock, makeFixedClock } from '../../infrastructure/memory/fixed-clock.ts';
import { testCluster } from './test-cluster.ts';

export const SECRET = 'the first secret of these tests, long enough';
export const PASSWORD = 'Quiet Harbour 7';
/** Well-formed, and nobody's. */
export const UNKNOWN_ID = '0198a000-0000-7000-8000-00000000dead';
/** A whole second, as access tokens count those. */
const START = new Date('2026-11-23T19:00:00.000Z');

interface ServerOptions {
  /** Of another server, to share its database. */
  readonly target?: ConnectionTarget;
  readonly clock?: FixedClock;
  readonly secret?: string;
  readonly previousSecret?: string;
  /** In the database's URL; the tests' PostgreSQL asks for none. */
  readonly databasePassword?: string;
  readonly redisUrl?: string;
  /** Keeps answers, as a server does unless told otherwise; `off` as by CACHE=off. By default it only tells of changes. */
  readonly cache?: true | 'off';
  /** Instead of the one that keeps the faults. */
  readonly logger?: Logger;
}

interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What is no object is empty here. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

export interface RealServer {
  readonly application: Application;
  readonly target: ConnectionTarget;
  readonly clock: FixedClock;
  readonly url: string;
  readonly port: number;
  /** What was logged as an error. */
  readonly faults: readonly LogFields[];
  call(method: string, path: string, options?: { readonly token?: string; readonly body?: unknown }): Promise<Answer>;
  newUser(): Promise<SignedInUser>;
  close(): Promise<void>;
}

/** The real application on PostgreSQL behind a real HTTP server. */
export async function startRealServer(options: ServerOptions = {}): Promise<RealServer> {
  const { secret = SECRET, previousSecret, clock = makeFixedClock(START) } = options;
  const target = options.target ?? (await (await testCluster()).migrated());
  const env = {
    DATABASE_URL: urlOf(target, options.databasePassword),
    DB_POOL_MIN: '0',
    RATE_LIMIT: 'off',
    JWT_SECRET: secret,
    ...(previousSecret !== undefined && { JWT_SECRET_PREVIOUS: previousSecret }),
    ...(options.cache === 'off' && { CACHE: 'off' }),
    ...(options.redisUrl !== undefined && { REDIS_URL: options.redisUrl }),
  };
  const faults: LogFields[] = [];
  const logger = options.logger ?? errorLogger(faults);
  const application = await openApplication({
    config: readConfig(env, 'serve'),
    logger,
    name: 'tests',
    version: '0.0.0',
    clock,
  });
  const app = makeHttpApp({
    endpoints: application.endpoints,
    authenticate: application.authenticate,
    identify: application.identify,
    readAccessToken: application.readAccessToken,
    logger,
    newRequestId: () => ids.next(),
    corsOrigins: [],
    trustedProxies: [],
    limiter: null,
    cache: options.cache === undefined ? null : await application.openCache(),
    production: false,
    version: '0.0.0',
  });
  const { url, port, stop } = await startHttpServer(app, { host: '127.0.0.1', port: 0 });

  const call: RealServer['call'] = async (method, path, { token, body } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isRecord(parsed) ? parsed : {},
      items: Array.isArray(parsed) ? parsed.filter(isRecord) : [],
    };
  };
  return {
    application,
    target,
    clock,
    url,
    port,
    faults,
    call,
    newUser: async () => {
      const username = `u${ids.next().replaceAll('-', '').slice(4)}`;
      const email = `${username}@example.org`;
      const { body } = await call('POST', '/api/auth/register', { body: { email, username, password: PASSWORD } });
      const { user, token, refreshToken } = body;
      return {
        id: isRecord(user) ? String(user.id) : '',
        email,
        token: String(token),
        refreshToken: String(refreshToken),
      };
    },
    close: async () => {
      await stop();
      await application.close();
    },
  };
}

function urlOf(target: ConnectionTarget, password = ''): string {
  if ('url' in target) return target.url;
  const { host, port, user, database } = target;
  return `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
}

function errorLogger(faults: LogFields[]): Logger {
  const ignore = (): void => undefined;
  return { error: (event, fields) => faults.push({ event, ...fields }), warn: ignore, info: ignore, debug: ignore };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
