import { expect } from 'chai';
import { ConfigError } from './config-error.ts';
import { type Config, readConfig } from './config.ts';
import { defaultDataFolder } from './data-folder.ts';

const SECRET = 'a-secret-of-exactly-32-bytes-abc';
const OTHER_SECRET = 'another-secret-that-is-long-enough';
const PLACEHOLDER = 'change-me-to-32-or-more-random-bytes';

const DEFAULTS: Config = {
  production: false,
  host: '127.0.0.1',
  port: 3001,
  publicUrl: 'http://127.0.0.1:3001',
  databaseUrl: null,
  pool: { min: 5, max: 20, acquireMs: 5000, idleMs: 30_000, statementMs: 5000, lockMs: 2000 },
  dataFolder: defaultDataFolder(),
  jwtSecret: null,
  jwtSecretPrevious: null,
  accessTokenMs: 900_000,
  refreshTokenMs: 2_592_000_000,
  corsOrigins: ['http://localhost:5173', 'http://localhost:3000'],
  logLevel: 'info',
  migrateOnStart: true,
  shutdownGraceMs: 0,
  rateLimit: true,
  registration: 'open',
  limits: { campaigns: 100, sessions: 10_000, bytes: 1_073_741_824 },
  cache: true,
  redisUrl: null,
  trustedProxies: [],
};

function faultOf(env: Readonly<Record<string, string>>, purpose: 'serve' | 'command' = 'serve'): string {
  try {
    readConfig(env, purpose);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('This should have been refused, and was not.');
}

describe('the configuration', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({}, 'serve')).to.deep.equal(DEFAULTS);
    // A command that cannot reach its database says so before anybody wonders.
    expect(readConfig({}, 'command')).to.deep.equal({ ...DEFAULTS, pool: { ...DEFAULTS.pool, acquireMs: 1000 } });
  });

  it('takes an empty value for none, as compose files leave them', () => {
    const empty = ['PORT', 'HOST', 'DATABASE_URL', 'JWT_SECRET', 'CORS_ORIGIN', 'FOUNDRY_DATA_DIR', 'MIGRATE_ON_START'];
    expect(readConfig(Object.fromEntries(empty.map((name) => [name, ''])), 'serve')).to.deep.equal(DEFAULTS);
  });

  const database = 'postgresql://user:secret@db.example.org:5433/foundry';
  const settings: readonly (readonly [Readonly<Record<string, string>>, Partial<Config>])[] = [
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0', publicUrl: 'http://localhost:3001' }],
    [{ HOST: '::1' }, { host: '::1', publicUrl: 'http://[::1]:3001' }],
    [{ PORT: '8080' }, { port: 8080, publicUrl: 'http://127.0.0.1:8080' }],
    [{ PORT: '0' }, { port: 0, publicUrl: 'http://127.0.0.1:0' }],
    [{ PUBLIC_URL: 'https://Table.example.org/' }, { publicUrl: 'https://table.example.org' }],
    [{ PUBLIC_URL: 'https://example.org/foundry/' }, { publicUrl: 'https://example.org/foundry' }],
    [{ DATABASE_URL: database }, { databaseUrl: database, migrateOnStart: false }],
    [{ DATABASE_URL: 'postgres://db/foundry' }, { databaseUrl: 'postgres://db/foundry', migrateOnStart: false }],
    [
      { DATABASE_URL: database, MIGRATE_ON_START: 'true' },
      { databaseUrl: database, migrateOnStart: true },
    ],
    [{ MIGRATE_ON_START: 'false' }, { migrateOnStart: false }],
    [{ SHUTDOWN_GRACE: '15' }, { shutdownGraceMs: 15_000 }],
    [{ DB_POOL_MIN: '0' }, { pool: { ...DEFAULTS.pool, min: 0 } }],
    [{ DB_POOL_MAX: '50' }, { pool: { ...DEFAULTS.pool, max: 50 } }],
    [{ DB_CONNECT_TIMEOUT_MS: '250' }, { pool: { ...DEFAULTS.pool, acquireMs: 250 } }],
    [{ DB_IDLE_TIMEOUT_MS: '1000' }, { pool: { ...DEFAULTS.pool, idleMs: 1000 } }],
    [{ DB_STATEMENT_TIMEOUT_MS: '9000' }, { pool: { ...DEFAULTS.pool, statementMs: 9000 } }],
    [{ DB_LOCK_TIMEOUT_MS: '3000' }, { pool: { ...DEFAULTS.pool, lockMs: 3000 } }],
    [{ FOUNDRY_DATA_DIR: '/srv/foundry' }, { dataFolder: '/srv/foundry' }],
    [{ JWT_SECRET: SECRET }, { jwtSecret: SECRET }],
    [{ JWT_SECRET_PREVIOUS: OTHER_SECRET }, { jwtSecretPrevious: OTHER_SECRET }],
    [{ JWT_EXPIRY: '5m' }, { accessTokenMs: 300_000 }],
    [{ REFRESH_TOKEN_EXPIRY: '7d' }, { refreshTokenMs: 604_800_000 }],
    [
      { CORS_ORIGIN: 'https://table.example.org, http://localhost:8081' },
      { corsOrigins: ['https://table.example.org', 'http://localhost:8081'] },
    ],
    [{ LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [{ NODE_ENV: 'development' }, {}],
    [
      { NODE_ENV: 'production', JWT_SECRET: SECRET },
      { production: true, jwtSecret: SECRET, corsOrigins: [] },
    ],
  ];
  for (const [env, expected] of settings) {
    it(`reads ${Object.keys(env).join(' and ')}: ${Object.values(env).join(' ')}`, () => {
      expect(readConfig(env, 'serve')).to.deep.equal({ ...DEFAULTS, ...expected });
    });
  }

  const faults: readonly (readonly [string, string, string])[] = [
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536".'],
    ['DB_POOL_MIN', '-1', 'DB_POOL_MIN must be a whole number from 0 to 1000, not "-1".'],
    ['DB_POOL_MAX', '0', 'DB_POOL_MAX must be a whole number from 1 to 1000, not "0".'],
    ['DB_CONNECT_TIMEOUT_MS', '5s', 'DB_CONNECT_TIMEOUT_MS must be a whole number from 1 to 600000, not "5s".'],
    ['DB_IDLE_TIMEOUT_MS', '0', 'DB_IDLE_TIMEOUT_MS must be a whole number from 1 to 86400000, not "0".'],
    ['DB_STATEMENT_TIMEOUT_MS', '0', 'DB_STATEMENT_TIMEOUT_MS must be a whole number from 1 to 600000, not "0".'],
    ['DB_LOCK_TIMEOUT_MS', '2s', 'DB_LOCK_TIMEOUT_MS must be a whole number from 1 to 600000, not "2s".'],
    ['DB_POOL_MIN', '21', 'DB_POOL_MIN must not be greater than DB_POOL_MAX.'],
    ['JWT_EXPIRY', '15', 'JWT_EXPIRY must be a time such as 15m, 12h or 30d, not "15".'],
    ['REFRESH_TOKEN_EXPIRY', 'never', 'REFRESH_TOKEN_EXPIRY must be a time such as 15m, 12h or 30d, not "never".'],
    ['PUBLIC_URL', 'ftp://x', 'PUBLIC_URL must be an address such as https://table.example.org, not "ftp://x".'],
    [
      'PUBLIC_URL',
      'https://x/?a',
      'PUBLIC_URL must be an address such as https://table.example.org, not "https://x/?a".',
    ],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of error, warn, info, debug, not "loud".'],
    ['MIGRATE_ON_START', 'maybe', 'MIGRATE_ON_START must be true or false, not "maybe".'],
  ];
  for (const [name, value, message] of faults) {
    it(`refuses ${name}=${value}, and says what it must be`, () => {
      expect(faultOf({ [name]: value })).to.equal(`The configuration is not usable: ${message}`);
    });
  }

  for (const origin of [
    '*',
    'https://table.example.org/',
    'table.example.org',
    'https://*.example.org/x',
    'null',
    'javascript:0',
  ]) {
    it(`refuses the origin ${origin}: only an exact one can be compared`, () => {
      expect(faultOf({ CORS_ORIGIN: `https://good.example.org,${origin}` }))
        .to.include('CORS_ORIGIN must list exact origins')
        .and.include(`not "${origin}"`)
        .and.not.include('good.example.org');
    });
  }

  it('reports all faults together, each by the name of its setting', () => {
    const wrong = {
      PORT: 'x',
      DATABASE_URL: 'mysql://db/foundry',
      DB_POOL_MIN: 'x',
      DB_POOL_MAX: 'x',
      DB_CONNECT_TIMEOUT_MS: 'x',
      DB_IDLE_TIMEOUT_MS: 'x',
      DB_STATEMENT_TIMEOUT_MS: 'x',
      DB_LOCK_TIMEOUT_MS: 'x',
      JWT_SECRET: 'short',
      JWT_SECRET_PREVIOUS: 'short',
      JWT_EXPIRY: 'x',
      REFRESH_TOKEN_EXPIRY: 'x',
      CORS_ORIGIN: 'x',
      PUBLIC_URL: 'x',
      LOG_LEVEL: 'x',
      MIGRATE_ON_START: 'x',
    };
    const [, ...lines] = faultOf(wrong).split('\n');
    expect(lines.map((line) => /^ {2}([A-Z_]+) /.exec(line)?.[1])).to.have.members(Object.keys(wrong));
  });

  it('repeats no secret and no password in a message', () => {
    const message = faultOf({
      DATABASE_URL: 'mysql://anna:Pa55-of-the-database@db/foundry',
      JWT_SECRET: 'Short-secret-1',
      JWT_SECRET_PREVIOUS: 'Short-secret-2',
    });
    expect(message).to.match(/DATABASE_URL[^]*JWT_SECRET [^]*JWT_SECRET_PREVIOUS/);
    expect(message).not.to.match(/Pa55|Short-secret|anna/);
  });

  for (const url of ['http://db/foundry', 'db:5432/foundry', 'postgresql', '//db', 'postgresqlx://db/foundry']) {
    it(`refuses as a DATABASE_URL: ${url}`, () => {
      expect(faultOf({ DATABASE_URL: url })).to.include('DATABASE_URL must be a PostgreSQL URL such as postgresql://');
    });
  }

  it('counts a secret in bytes, of which it wants 32', () => {
    expect(readConfig({ JWT_SECRET: 'é'.repeat(16) }, 'serve').jwtSecret).to.equal('é'.repeat(16));
    for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS']) {
      expect(faultOf({ [name]: SECRET.slice(1) })).to.include(`${name} must have at least 32 bytes.`);
    }
    // Blanks around it are not part of it.
    expect(faultOf({ JWT_SECRET: ` ${SECRET.slice(1)} ` })).to.include('JWT_SECRET must have at least 32 bytes.');
  });

  it('refuses the placeholder of .env.example, which is long enough and known to all', () => {
    for (const name of ['JWT_SECRET', 'JWT_SECRET_PREVIOUS']) {
      for (const env of [{}, { NODE_ENV: 'production' }]) {
        expect(faultOf({ ...env, [name]: PLACEHOLDER })).to.include(
          `${name} is still the placeholder of .env.example.`,
        );
      }
    }
  });

  describe('in production', () => {
    const production = { NODE_ENV: 'production' };

    it('asks a server for its secret, by name and with a way to make one', () => {
      expect(faultOf(production)).to.equal(
        'The configuration is not usable: JWT_SECRET must be set in production. Generate one with: ' +
          `node -e "console.log(require('crypto').randomBytes(48).toString('base64url'))"`,
      );
      expect(faultOf({ ...production, JWT_SECRET: ' ' })).to.include('JWT_SECRET must be set in production.');
    });

    it('lets a command do without the secret, which signs nothing', () => {
      expect(readConfig(production, 'command')).to.include({ production: true, jwtSecret: null });
    });

    it('believes no origin that was not named', () => {
      const env = { ...production, JWT_SECRET: SECRET };
      expect(readConfig(env, 'serve').corsOrigins).to.deep.equal([]);
      expect(readConfig({ ...env, CORS_ORIGIN: 'https://a.example' }, 'serve').corsOrigins).to.deep.equal([
        'https://a.example',
      ]);
    });
  });
});
