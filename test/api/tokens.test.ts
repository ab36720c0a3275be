import { expect } from 'chai';
import { SCOPES, type Scope } from '../../core/shared/actor.ts';
import { makeMigrations } from '../../infrastructure/database/migrations.ts';
import { ask } from '../support/ask.ts';
import { openTestDatabase, testCluster } from '../support/test-cluster.ts';
import { type RealServer, PASSWORD, UNKNOWN_ID, startRealServer } from '../support/real-server.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('API tokens', () => {
  let server: RealServer;
  before(async () => {
    server = await startRealServer();
  });
  after(async () => {
    await server.close();
    expect(server.faults).to.deep.equal([]);
  });

  const create = async (
    token: string,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly id: string; readonly token: string }> => {
    const body = { name: 'Script', scopes: ['campaigns:read'], password: PASSWORD, ...values };
    const made = await server.call('POST', '/api/auth/tokens', { token, body });
    expect(made.status, made.text).to.equal(201);
    return { id: String(made.body.id), token: String(made.body.token) };
  };
  const expectFault = async (
    answer: ReturnType<RealServer['call']>,
    status: number,
    code: string,
    about = '',
  ): Promise<string> => {
    const { status: given, text, body, headers } = await answer;
    expect(given, `${about} ${text}`).to.equal(status);
    expect(body.code, about).to.equal(code);
    expect(headers.get('content-type'), about).to.equal('application/problem+json');
    return String(body.detail);
  };
  const me = (token: string): ReturnType<RealServer['call']> => server.call('GET', '/api/auth/me', { token });

  describe('when they are created', () => {
    it('show their secret, that once', async () => {
      const { token } = await server.newUser();
      const body = {
        name: ' <b>Wiki</b> script ',
        scopes: ['world:read', 'sessions:write'],
        expiresInDays: 30,
        password: PASSWORD,
      };
      const made = await server.call('POST', '/api/auth/tokens', { token, body });
      const secret = String(made.body.token);

      expect(made.status, made.text).to.equal(201);
      expect(secret).to.match(/^lfv_[0-9a-f]{72}$/);
      expect(made.body).to.deep.equal({
        id: made.body.id,
        name: 'Wiki script',
        scopes: ['world:read', 'sessions:write'],
        prefix: secret.slice(0, 12),
        createdAt: server.clock.now().toISOString(),
        expiresAt: new Date(server.clock.now().getTime() + 30 * DAY).toISOString(),
        token: secret,
      });
      expect(made.headers.get('cache-control')).to.equal('no-store');
      const listed = { ...made.body };
      delete listed.token;
      const list = await server.call('GET', '/api/auth/tokens', { token });
      expect(list.items).to.deep.equal([listed]);
      expect(list.text).not.to.include(secret.slice(12));
    });

    it('are refused with a fault of each field', async () => {
      const { token } = await server.newUser();
      const good = { name: 'Script', scopes: ['world:read'], password: PASSWORD };
      for (const [field, value] of [
        ['name', ''],
        ['name', 'x'.repeat(256)],
        ['name', 5],
        ['scopes', []],
        ['scopes', 'world:read'],
        ['scopes', null],
        ['scopes[0]', ['*']],
        ['scopes[0]', ['WORLD:READ']],
        ['scopes[1]', ['world:read', 'admin']],
        ['expiresInDays', 0],
        ['expiresInDays', -1],
        ['expiresInDays', 1.5],
        ['expiresInDays', 3651],
        ['expiresInDays', '30'],
        ['password', undefined],
        ['password', ''],
        ['password', 5],
        ['userId', UNKNOWN_ID],
      ] as const) {
        const name = field.replace(/\[.*/, '');
        const answer = await server.call('POST', '/api/auth/tokens', { token, body: { ...good, [name]: value } });
        expect(answer.status, `${field} ${answer.text}`).to.equal(400);
        expect(JSON.stringify(answer.body.errors)).to.include(`"field":"${field}"`);
      }
      expect((await server.call('GET', '/api/auth/tokens', { token })).text).to.equal('[]');
    });

    it('are refused without the password of the account, in the words of a wrong one', async () => {
      const { token } = await server.newUser();
      const body = { name: 'Script', scopes: ['world:read'], password: 'Loud Harbour 8' };
      await expectFault(server.call('POST', '/api/auth/tokens', { token, body }), 401, 'invalid_credentials');
      expect((await server.call('GET', '/api/auth/tokens', { token })).text).to.equal('[]');
    });

    it('are at most 100 for each user, when the last are asked for at once too', async () => {
      const { token } = await server.newUser();
      const body = { name: 'Script', scopes: ['world:read'], password: PASSWORD };
      const createInRow = async (count: number): Promise<readonly number[]> => {
        const statuses: number[] = [];
        for (let i = 0; i < count; i += 1) {
          statuses.push((await server.call('POST', '/api/auth/tokens', { token, body })).status);
        }
        return statuses;
      };
      expect(await createInRow(98)).to.deep.equal(Array(98).fill(201));
      // No more at once: each counts as a wrong password until it has proven right.
      const last = await Promise.all([createInRow(1), createInRow(1), createInRow(1), createInRow(1)]);
      expect(last.flat().sort()).to.deep.equal([201, 201, 400, 400]);
      await create((await server.newUser()).token);
    });
  });

  describe('on a list', () => {
    it('are the own ones, newest first, page after page', async () => {
      const anna = await server.newUser();
      await create((await server.newUser()).token);
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) ids.unshift((await create(anna.token)).id);
      const listed: unknown[] = [];
      let path: string | null = '/api/auth/tokens?limit=2';
      while (path !== null) {
        const page: Awaited<ReturnType<RealServer['call']>> = await server.call('GET', path, { token: anna.token });
        listed.push(...page.items.map(({ id }) => id));
        path = /<(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
      }

      expect(listed).to.deep.equal(ids);
    });
  });

  describe('when they are revoked', () => {
    it('end at once', async () => {
      const { token } = await server.newUser();
      const script = await create(token);
      expect((await me(script.token)).status).to.equal(200);
      expect((await server.call('DELETE', `/api/auth/tokens/${script.id}`, { token })).status).to.equal(204);

      await expectFault(me(script.token), 401, 'invalid_token');
      await expectFault(server.call('DELETE', `/api/auth/tokens/${script.id}`, { token }), 404, 'not_found');
    });

    it("are not found when they are another's, in the same words as an unknown one", async () => {
      const script = await create((await server.newUser()).token);
      const { token } = await server.newUser();
      const details = await Promise.all(
        [script.id, UNKNOWN_ID, 'nonsense'].map((id) =>
          expectFault(server.call('DELETE', `/api/auth/tokens/${id}`, { token }), 404, 'not_found'),
        ),
      );

      expect(new Set(details).size).to.equal(1);
      expect((await me(script.token)).status).to.equal(200);
    });
  });

  it('end with their days', async () => {
    const { token } = await server.newUser();
    const script = await create(token, { expiresInDays: 1 });
    const start = server.clock.now();
    server.clock.advance(DAY - 1);
    expect((await me(script.token)).status).to.equal(200);
    server.clock.advance(1);
    await expectFault(me(script.token), 401, 'invalid_token');
    server.clock.set(start);
  });

  it('are refused with any character altered, as any other bad token is', async () => {
    const script = await create((await server.newUser()).token);
    const other = script.token.endsWith('0') ? '1' : '0';
    const answer = await me(script.token.slice(0, -1) + other);

    expect(answer.status).to.equal(401);
    expect(answer.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"');
    expect(answer.text).not.to.include(script.token.slice(4, -1));
  });

  describe('and their scopes', () => {
    /** Every operation that is not public, as it may be called: nothing in it is checked before the scope is. */
    const guarded = (): readonly { name: string; method: string; path: string; scope: Scope | null; any: boolean }[] =>
      server.application.endpoints.flatMap(({ spec: { name, method, path, access } }) =>
        'public' in access
          ? []
          : [
              {
                name,
                method,
                path: path.replaceAll(/:\w+/g, UNKNOWN_ID),
                scope: 'scope' in access ? access.scope : null,
                any: 'anyScope' in access,
              },
            ],
      );

    it('open no operation that they do not name, and each that they do', async () => {
      const { token } = await server.newUser();
      const byScope = new Map<Scope, string>();
      for (const scope of SCOPES) byScope.set(scope, (await create(token, { scopes: [scope] })).token);
      expect(guarded().filter(({ scope }) => scope !== null)).not.to.deep.equal([]);

      for (const { name, method, path, scope, any } of guarded()) {
        for (const [held, secret] of byScope) {
          const { status, body } = await server.call(method, path, { token: secret });
          const about = `${name} with ${held}`;
          if (any || scope === held) expect(status, about).not.to.be.oneOf([401, 403]);
          else expect([status, body.code], about).to.deep.equal([403, 'forbidden']);
        }
      }
    });

    it('let a token that has them all do no more than they name', async () => {
      const { token } = await server.newUser();
      const script = await create(token, { scopes: SCOPES });
      const unscoped = guarded().filter(({ scope, any }) => scope === null && !any);

      expect(unscoped.map(({ name }) => name)).to.include.members(['createApiToken', 'changePassword', 'updateMe']);
      for (const { name, method, path } of unscoped) {
        await expectFault(server.call(method, path, { token: script.token }), 403, 'forbidden', name);
      }
    });

    it('reach nothing under /api/auth but GET me', async () => {
      const { token } = await server.newUser();
      const script = await create(token, { scopes: SCOPES });
      expect((await me(script.token)).status).to.equal(200);

      for (const { name, method, path } of guarded().filter((each) => each.path.startsWith('/api/auth/'))) {
        if (name === 'getMe') continue;
        await expectFault(server.call(method, path, { token: script.token }), 403, 'forbidden', name);
      }
      // And nothing came of it.
      expect((await server.call('GET', '/api/auth/tokens', { token })).items).to.have.lengthOf(1);
      expect((await me(token)).status).to.equal(200);
    });

    it('tell which one is missing before anything is said about the request', async () => {
      const { token } = await server.newUser();
      const script = await create(token);
      const body = { nonsense: 1 };
      const detail = await expectFault(
        server.call('POST', '/api/campaigns', { token: script.token, body }),
        403,
        'forbidden',
      );

      expect(detail).to.include('campaigns:write');
      await expectFault(server.call('GET', '/api/auth/sign-ins?limit=0', { token: script.token }), 403, 'forbidden');
    });

    it('do not open what the user may not see', async () => {
      const owner = await server.newUser();
      const made = await server.call('POST', '/api/campaigns', { token: owner.token, body: { name: 'The Salt Road' } });
      const script = await create((await server.newUser()).token, { scopes: SCOPES });

      await expectFault(
        server.call('GET', `/api/campaigns/${String(made.body.id)}`, { token: script.token }),
        404,
        'not_found',
      );
    });

    it('let a script read and write what they name', async () => {
      const { token } = await server.newUser();
      const script = await create(token, { scopes: ['campaigns:read', 'campaigns:write'] });
      const body = { name: 'The Salt Road' };
      const made = await server.call('POST', '/api/campaigns', { token: script.token, body });

      expect(made.status, made.text).to.equal(201);
      expect((await server.call('GET', '/api/campaigns', { token })).items).to.have.lengthOf(1);
    });
  });
});

describe('API tokens of the time before members had scopes of their own', () => {
  it('may do with members what they could, and no more', async () => {
    const target = await (await testCluster()).migrated();
    const database = await openTestDatabase(target);
    try {
      const migrations = makeMigrations(database, target, '0.0.0');
      while (!(await migrations.down(() => Promise.resolve())).some((name) => name.includes('add-scopes-for-members')));
      await ask(
        database,
        `insert into users (id, email, username, username_key, password_hash, created_at, updated_at, version)
        values ($1, 'a@b', 'anna', 'anna', '-', now(), now(), 1)`,
        [UNKNOWN_ID],
      );
      for (const [name, scopes] of [
        ['reads', ['campaigns:read', 'world:write']],
        ['writes', ['campaigns:write']],
        ['neither', ['sessions:read', 'sessions:write']],
      ] as const) {
        await ask(
          database,
          `insert into api_tokens (id, user_id, name, hash, scopes, prefix, created_at)
          values (gen_random_uuid(), $1, $2, $2, $3, 'lfv_', now())`,
          [UNKNOWN_ID, name, [...scopes]],
        );
      }
      const scopes = (): Promise<unknown> => ask(database, 'select name, scopes from api_tokens order by name');
      const before = await scopes();
      await migrations.up();
      expect(await scopes()).to.deep.equal([
        { name: 'neither', scopes: ['sessions:read', 'sessions:write'] },
        { name: 'reads', scopes: ['campaigns:read', 'world:write', 'members:read'] },
        { name: 'writes', scopes: ['campaigns:write', 'members:write'] },
      ]);
      while (!(await migrations.down(() => Promise.resolve())).some((name) => name.includes('add-scopes-for-members')));
      expect(await scopes()).to.deep.equal(before);
    } finally {
      await database.close();
    }
  });
});

describe('a suspended user', () => {
  let server: RealServer;
  before(async () => {
    server = await startRealServer();
  });
  after(() => server.close());

  const statusOf = async (token: string): Promise<number> =>
    (await server.call('GET', '/api/auth/me', { token })).status;

  it('is out with the very next request, by whatever token, and cannot log in', async () => {
    const anna = await server.newUser();
    const berta = await server.newUser();
    const body = { name: 'Script', scopes: ['world:read'], password: PASSWORD };
    const script = String((await server.call('POST', '/api/auth/tokens', { token: anna.token, body })).body.token);
    expect([await statusOf(anna.token), await statusOf(script)]).to.deep.equal([200, 200]);
    await server.application.users.suspend({ userId: anna.id });

    expect([await statusOf(anna.token), await statusOf(script)]).to.deep.equal([401, 401]);
    const { refreshToken, email } = anna;
    expect((await server.call('POST', '/api/auth/refresh', { body: { refreshToken } })).status).to.equal(401);
    const logIn = (password: string): ReturnType<RealServer['call']> =>
      server.call('POST', '/api/auth/login', { body: { email, password } });
    const [right, wrong] = [await logIn(PASSWORD), await logIn('Wrong Harbour 8')];
    expect([right.status, right.body.code]).to.deep.equal([401, 'invalid_credentials']);
    expect(right.body.detail).to.equal(wrong.body.detail);
    expect(await statusOf(berta.token)).to.equal(200);
  });

  it('logs in again once active, but has none of the old sign-ins', async () => {
    const anna = await server.newUser();
    await server.application.users.suspend({ userId: anna.id });
    await server.application.users.activate({ userId: anna.id });
    expect(await statusOf(anna.token)).to.equal(401);

    const body = { email: anna.email, password: PASSWORD };
    const again = await server.call('POST', '/api/auth/login', { body });
    expect(again.status).to.equal(200);
    expect(await statusOf(String(again.body.token))).to.equal(200);
  });

  it('is out too when the log-ins and refreshes of 20 devices were under way', async () => {
    const anna = await server.newUser();
    const body = { email: anna.email, password: PASSWORD };
    const tokens = [anna.token];
    const attempts = Array.from({ length: 20 }, async (_, index) => {
      const { refreshToken } = anna;
      const { body: answer } =
        index % 2 === 0
          ? await server.call('POST', '/api/auth/login', { body })
          : await server.call('POST', '/api/auth/refresh', { body: { refreshToken } });
      if (typeof answer.token === 'string') tokens.push(answer.token);
    });
    await Promise.race(attempts);
    await server.application.users.suspend({ userId: anna.id });
    await Promise.all(attempts);

    for (const token of tokens) expect(await statusOf(token)).to.equal(401);
  });

  it('is signed out everywhere when only the password is reset', async () => {
    const anna = await server.newUser();
    await server.application.users.resetPassword({ userId: anna.id, password: 'Other Harbour 9' });
    expect(await statusOf(anna.token)).to.equal(401);
    const logIn = async (password: string): Promise<number> =>
      (await server.call('POST', '/api/auth/login', { body: { email: anna.email, password } })).status;
    expect([await logIn(PASSWORD), await logIn('Other Harbour 9')]).to.deep.equal([401, 200]);
  });
});
