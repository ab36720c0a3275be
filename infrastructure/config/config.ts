import { REGISTRATIONS, type Registration } from '../../core/auth/register.ts';
import type { Limits } from '../../core/shared/limits.ts';
import type { ProxyNetwork } from '../../core/shared/proxy-network.ts';
import { MIN_SECRET_BYTES, readDataFolder } from './data-folder.ts';
import { proxyNetwork } from './proxy-network.ts';
import { type Env, type SettingReader, makeSettingReader } from './setting-reader.ts';

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** Everything that can be set, checked. Times are in milliseconds. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where people reach it, without a slash at its end: in the links that they are given. */
  readonly publicUrl: string;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly pool: {
    readonly min: number;
    readonly max: number;
    readonly acquireMs: number;
    readonly idleMs: number;
    readonly statementMs: number;
    readonly lockMs: number;
  };
  readonly dataFolder: string;
  /** Null: generated, and kept in the data folder. */
  readonly jwtSecret: string | null;
  readonly jwtSecretPrevious: string | null;
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly corsOrigins: readonly string[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly migrateOnStart: boolean;
  /** Between being told to stop, when readiness fails, and taking no more connections. */
  readonly shutdownGraceMs: number;
  readonly rateLimit: boolean;
  readonly registration: Registration;
  readonly limits: Limits;
  /** Whether servers cache answers for a while. */
  readonly cache: boolean;
  /** Null: rate limits are counted, and answers cached, in memory. */
  readonly redisUrl: string | null;
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly ProxyNetwork[];
}

const PLACEHOLDER = 'change-me-to-32-or-more-random-bytes';
const LOCAL_FRONT_ENDS = ['http://localhost:5173', 'http://localhost:3000'];

/**
 * Reads the whole configuration. Only a server needs the secret that it signs with to be chosen.
 * @throws ConfigError that names every fault
 */
export function readConfig(env: Env, purpose: 'serve' | 'command'): Config {
  const read = makeSettingReader(env);
  const production = env.NODE_ENV === 'production';
  const databaseUrl = postgresUrl(read);
  const host = read.text('HOST') ?? '127.0.0.1';
  const port = read.integer('PORT', 3001, 0, 65_535);
  const config: Config = {
    production,
    host,
    port,
    publicUrl: publicUrl(read) ?? addressOf(host, port),
    databaseUrl,
    pool: {
      min: read.integer('DB_POOL_MIN', 5, 0, 1000),
      max: read.integer('DB_POOL_MAX', 20, 1, 1000),
      // Whoever types a command wants to hear within 2 s that its database is away.
      acquireMs: read.integer('DB_CONNECT_TIMEOUT_MS', purpose === 'serve' ? 5000 : 1000, 1, 600_000),
      idleMs: read.integer('DB_IDLE_TIMEOUT_MS', 30_000, 1, 86_400_000),
      statementMs: read.integer('DB_STATEMENT_TIMEOUT_MS', 5000, 1, 600_000),
      lockMs: read.integer('DB_LOCK_TIMEOUT_MS', 2000, 1, 600_000),
    },
    dataFolder: readDataFolder(read),
    jwtSecret: secret(read, 'JWT_SECRET', production && purpose === 'serve'),
    jwtSecretPrevious: secret(read, 'JWT_SECRET_PREVIOUS', false),
    accessTokenMs: read.duration('JWT_EXPIRY', '15m'),
    refreshTokenMs: read.duration('REFRESH_TOKEN_EXPIRY', '30d'),
    corsOrigins: origins(read, production),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    migrateOnStart: read.flag('MIGRATE_ON_START', databaseUrl === null),
    shutdownGraceMs: 1000 * read.integer('SHUTDOWN_GRACE', 0, 0, 600),
    rateLimit: read.flag('RATE_LIMIT', true),
    registration: read.oneOf('REGISTRATION', REGISTRATIONS, 'open'),
    limits: {
      campaigns: limit(read, 'LIMIT_CAMPAIGNS', 100),
      sessions: limit(read, 'LIMIT_SESSIONS', 10_000),
      bytes: limit(read, 'LIMIT_BYTES', 1024 ** 3),
    },
    cache: read.flag('CACHE', true),
    redisUrl: redisUrl(read),
    trustedProxies: proxies(read),
  };
  if (config.pool.min > config.pool.max) read.fault('DB_POOL_MIN must not be greater than DB_POOL_MAX.');
  read.finish();
  return config;
}

function publicUrl(read: SettingReader): string | null {
  const given = read.text('PUBLIC_URL');
  if (given === null) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    read.fault(`PUBLIC_URL must be an address such as https://table.example.org, not "${given}".`);
    return null;
  }
  return url.href.replace(/\/$/, '');
}

/** As a browser on this machine would reach it. */
function addressOf(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** Null, where 0 was given, is none. */
function limit(read: SettingReader, name: string, fallback: number): number | null {
  const most = read.integer(name, fallback, 0, 1e15 - 1);
  return most === 0 ? null : most;
}

function postgresUrl(read: SettingReader): string | null {
  const url = read.text('DATABASE_URL');
  if (url === null) return null;
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol) || new URL(url).pathname.length < 2) {
    // The value is not repeated: it carries a password.
    read.fault('DATABASE_URL must be a PostgreSQL URL such as postgresql://user:password@host:5432/lazy_foundry.');
  }
  return url;
}

function redisUrl(read: SettingReader): string | null {
  const url = read.text('REDIS_URL');
  if (url === null) return null;
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    // The value is not repeated: it carries a password.
    read.fault('REDIS_URL must be a Redis URL such as redis://user:password@host:6379 or rediss://host:6380.');
  }
  return url;
}

function proxies(read: SettingReader): readonly ProxyNetwork[] {
  return read.list('TRUST_PROXY').flatMap((given) => {
    const network = proxyNetwork(given);
    if (network === null) {
      read.fault(`TRUST_PROXY must list addresses or networks such as 10.0.0.7 or 10.0.0.0/8, not "${given}".`);
    }
    return network ?? [];
  });
}

function secret(read: SettingReader, name: string, required: boolean): string | null {
  const value = read.text(name);
  const advice = `Generate one with: node -e "console.log(require('crypto').randomBytes(48).toString('base64url'))"`;
  if (value === null) {
    if (required) read.fault(`${name} must be set in production. ${advice}`);
  } else if (value === PLACEHOLDER) {
    read.fault(`${name} is still the placeholder of .env.example. ${advice}`);
  } else if (Buffer.byteLength(value) < MIN_SECRET_BYTES) {
    read.fault(`${name} must have at least ${MIN_SECRET_BYTES} bytes. ${advice}`);
  }
  return value;
}

function origins(read: SettingReader, production: boolean): readonly string[] {
  const given = read.list('CORS_ORIGIN');
  for (const origin of given) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      read.fault(`CORS_ORIGIN must list exact origins such as https://table.example.org, not "${origin}".`);
    }
  }
  return given.length === 0 && !production ? LOCAL_FRONT_ENDS : given;
}
