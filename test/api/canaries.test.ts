import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { ObjectSchema } from 'yup';
import { causeChain } from '../../adapters/http/cause-chain.ts';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import { readConfig } from '../../infrastructure/config/config.ts';
import { openApplication } from '../../infrastructure/container/application.ts';
import { makeLogger } from '../../infrastructure/logging/winston-logger.ts';
import { type RealServer, UNKNOWN_ID, startRealServer } from '../support/real-server.ts';

// One for each place where a secret comes in. None looks like a token, so that only care hides it.
const canaries = {
  jwtSecret: 'Canary of the signing secret 0001',
  databasePassword: 'canary-of-the-database-0002',
  password: 'Canary of the password 0003',
  newPassword: 'Canary of the new password 0004',
  wrongPassword: 'Canary of a wrong password 0005',
  stranger: 'canary-of-a-stranger-0006@example.org',
  bodyValue: 'Canary of a value in a body 0007',
  bodyKey: 'canary of a name in a body 0008',
  malformed: 'Canary in malformed JSON 0009',
  query: 'canary-in-a-query-0010',
  cookie: 'canary-in-a-cookie-0011',
  bearer: 'canary-of-a-bearer-token-0012',
  basic: 'Y2FuYXJ5OmNhbmFyeS0wMDEz',
  userAgent: 'Canary of a browser 0014',
  email: 'canary-of-an-account-0015@example.org',
};

interface Told {
  readonly about: string;
  readonly text: string;
}

describe('canaries', function () {
  this.timeout(120_000);
  const lines: Told[] = [];
  const answers: Told[] = [];
  /** Those that the server itself gave out, and what it keeps of them. */
  const given = new Set<string>();
  let server: RealServer;
  let database: pg.Client;
  let about = 'start';

  before(async () => {
    const stream = new Writable({
      write: (chunk, _, done) => {
        lines.push({ about, text: String(chunk) });
        done();
      },
    });
    const { jwtSecret: secret, databasePassword } = canaries;
    const logger = makeLogger({ level: 'debug', pretty: false, stream, secrets: [secret, databasePassword] });
    server = await startRealServer({ secret, databasePassword, logger });
    database = new pg.Client({ ...server.target, ssl: false });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await server.close();
  });

  /** Problems and headers are kept for the search; what a successful answer carries is its caller's own. */
  async function send(method: string, path: string, init: { token?: string; text?: string } = {}): Promise<unknown> {
    about = `${method} ${path}`;
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        Cookie: `session=${canaries.cookie}`,
        'User-Agent': canaries.userAgent,
        ...(init.token !== undefined && { Authorization: init.token }),
        ...(init.text !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(init.text !== undefined && { body: init.text }),
    });
    const text = await response.text();
    const headers = JSON.stringify([...response.headers]);
    answers.push({ about: `${about} ${response.status}`, text: headers + (response.status >= 400 ? text : '') });
    return text === '' ? null : JSON.parse(text);
  }

  async function post(path: string, body: object, token?: string): Promise<Readonly<Record<string, string>>> {
    const answer = await send('POST', path, {
      text: JSON.stringify(body),
      ...(token !== undefined && { token: `Bearer ${token}` }),
    });
    const fields = Object.entries(typeof answer === 'object' && answer !== null ? answer : {});
    const texts = fields.filter((field): field is [string, string] => typeof field[1] === 'string');
    for (const [name, value] of texts) if (/token$/i.test(name)) give(value);
    return Object.fromEntries(texts);
  }

  function give(token: string): void {
    given.add(token);
    given.add(createHash('sha256').update(token).digest('base64url'));
  }

  function expectNone(told: readonly Told[]): void {
    expect(told).not.to.be.empty;
    const secrets = [...Object.values(canaries), ...given].map((secret) => secret.toLowerCase());
    const found = told.filter(({ text }) => secrets.some((secret) => text.toLowerCase().includes(secret)));
    expect(found).to.deep.equal([]);
  }

  it('of the whole life of an account are in no log line, no problem and no header', async () => {
    const { email, password, newPassword, wrongPassword, stranger } = canaries;
    await post('/api/auth/register', { email, username: 'canary', password });
    await post('/api/auth/register', { email, username: 'other', password });
    await post('/api/auth/register', { email: stranger, username: '!', password: wrongPassword });
    await post('/api/auth/login', { email: stranger, password: wrongPassword });
    await post('/api/auth/login', { email, password: wrongPassword });
    const { token = '', refreshToken = '' } = await post('/api/auth/login', { email, password });
    await post('/api/auth/tokens', { name: 'Script', scopes: ['campaigns:read'], password }, token);
    const { token: key = '' } = await post(
      '/api/auth/tokens',
      { name: 'Two', scopes: ['campaigns:read'], password },
      token,
    );
    await post('/api/campaigns', { name: 'Beyond its scope' }, key);
    await post('/api/auth/password', { currentPassword: wrongPassword, newPassword }, token);
    await post('/api/auth/password', { currentPassword: password, newPassword: 'short' }, token);
    await post('/api/auth/password', { currentPassword: password, newPassword }, token);
    await post('/api/auth/refresh', { refreshToken });
    server.clock.advance(60_000);
    await post('/api/auth/refresh', { refreshToken });
    await post('/api/auth/logout', { refreshToken });
    const { rows } = await database.query<{ password_hash: string }>('select password_hash from users');
    for (const row of rows) given.add(row.password_hash);

    expect(given.size).to.be.greaterThan(10);
    expectNone(lines);
    expectNone(answers);
  });

  it('sent to every operation, well and badly, are in no log line, no problem and no header', async () => {
    const { email, newPassword: password, query, bearer, basic, malformed } = canaries;
    const { token = '' } = await post('/api/auth/login', { email, password });
    // What ends the sign-in comes last.
    const ending = /logout|password|sign-ins/;
    const endpoints = server.application.endpoints.toSorted(
      (a, b) => Number(ending.test(a.spec.path)) - Number(ending.test(b.spec.path)),
    );
    for (const { spec } of endpoints) {
      const path = spec.path.replaceAll(/:\w+/g, UNKNOWN_ID);
      const wrong = spec.path.replaceAll(/:\w+/g, query);
      const text = spec.body && JSON.stringify(spoiled(spec.body));
      for (const credential of [undefined, `Bearer ${token}`, `Bearer ${bearer}`, `Basic ${basic}`]) {
        const by = { ...(credential !== undefined && { token: credential }) };
        await send(spec.method, `${path}?token=${query}&limit=${query}`, {
          ...by,
          ...(text !== undefined && { text }),
        });
        if (text === undefined) continue;
        await send(spec.method, path, { ...by, text: JSON.stringify({ [canaries.bodyKey]: canaries.bodyValue }) });
        await send(spec.method, path, { ...by, text: `{"password": "${malformed}" "${malformed}` });
      }
      // An unknown resource answers with the path that was asked for, which is the caller's own.
      about = `${spec.method} ${spec.path}`;
      await fetch(`${server.url}${wrong}`, { method: spec.method, headers: { Authorization: `Bearer ${token}` } });
    }

    expectNone(lines);
    expectNone(answers.map((answer) => ({ ...answer, text: withoutNames(answer.text) })));
  });

  it('are in none when the database refuses a row and repeats it', async () => {
    await database.query(`alter table campaigns add constraint canary check (name not like 'Canary%')`);
    await database.query(`
      create function tell_row() returns trigger as $$
        begin raise exception 'cannot store %, %', new, to_jsonb(new); end;
      $$ language plpgsql;
      create trigger tell_row before insert on refresh_tokens for each row execute function tell_row();
      create trigger tell_row before update on users for each row execute function tell_row();`);
    const { email, newPassword: password } = canaries;
    const before = { lines: lines.length, answers: answers.length };
    await post('/api/auth/login', { email, password });
    await post('/api/auth/register', { email: 'bob@example.org', username: 'bob', password });
    await database.query('drop trigger tell_row on refresh_tokens');
    const { token } = await post('/api/auth/login', { email, password });
    await post('/api/campaigns', { name: canaries.bodyValue }, token);
    await post('/api/auth/password', { currentPassword: password, newPassword: canaries.password }, token);
    const told = lines.slice(before.lines);

    // Faults that are alike share a line.
    expect(told.filter(({ text }) => text.includes('"unexpected_error"'))).to.not.be.empty;
    const failed = answers.slice(before.answers).filter(({ text }) => text.includes('"code":"internal"'));
    expect(failed).to.have.length(4);
    expectNone(told);
    expectNone(answers.slice(before.answers));
    // The hashes that were never stored are known by their form alone.
    expect(told.map(({ text }) => text).join('')).not.to.match(/argon2|(?<![\w-])[\w-]{43}(?![\w-])/);
  });

  it('are in none of the events that the audit trail keeps', async () => {
    const { rows } = await database.query<{ text: string }>('select audit_events::text as text from audit_events');

    expect(rows.length).to.be.greaterThan(5);
    expectNone(rows.map(({ text }) => ({ about: 'audit', text })));
  });

  it('are not told when the database cannot be reached', async () => {
    const { databasePassword, jwtSecret } = canaries;
    const env = {
      DATABASE_URL: `postgresql://anna:${databasePassword}@127.0.0.1:1/none`,
      JWT_SECRET: jwtSecret,
      DB_CONNECT_TIMEOUT_MS: '500',
    };
    const logger = makeLogger({ level: 'debug', pretty: false, stream: new Writable() });
    const failed = await openApplication({
      config: readConfig(env, 'serve'),
      logger,
      name: 'canaries',
      version: '0.0.0',
    }).then(
      () => null,
      (error: unknown) => error,
    );

    expect(failed).not.to.equal(null);
    expectNone([{ about: 'unreachable', text: JSON.stringify(causeChain(failed)) }]);
  });
});

/** A body with a canary in each of its fields. */
function spoiled(schema: NonNullable<Endpoint['spec']['body']>): object {
  const names = schema instanceof ObjectSchema ? Object.keys(schema.fields) : [];
  return Object.fromEntries(names.map((name) => [name, canaries.bodyValue]));
}

/** A fault names the fields that it means, as they were sent: also those that there are not. */
function withoutNames(text: string): string {
  return text.replaceAll(canaries.bodyKey, '').replaceAll(/"instance":"[^"]*"/g, '');
}
