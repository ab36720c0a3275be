import { connect } from 'node:net';
import { expect } from 'chai';
import { object } from 'yup';
import type { Actor } from '../../core/shared/actor.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { Logger } from '../../core/shared/logger.ts';
import { RATE_POLICIES, type RateLimiter } from '../../core/shared/rate-limiter.ts';
import { makeRateLimiter } from '../../infrastructure/limits/rate-limiter.ts';
import { makeCursors } from '../operations/cursor.ts';
import { secret, shown } from '../operations/fields.ts';
import { operation, publicOperation, read } from '../operations/operation.ts';
import { nothing, view } from '../operations/response.ts';
import { makeHttpApp } from './http-app.ts';
import { startHttpServer } from './http-server.ts';

const ORIGIN = 'https://app.example.org';
const silent = (): void => undefined;
const logger: Logger = { error: silent, warn: silent, info: silent, debug: silent };

/** Counts what gets through to what is expensive. */
interface Stage {
  readonly seen: { authenticated: number; handled: number; addresses: (string | null)[] };
}

const named = view({ schema: object({ name: shown.text() }), present: (name: string) => ({ name }), etag: () => '1' });
const operations = [
  operation({
    name: 'getMine',
    summary: 'Mine',
    method: 'GET',
    path: '/api/mine',
    status: 200,
    access: { signIn: true },
    response: named,
    run: ({ seen }: Stage) => {
      seen.handled += 1;
      return Promise.resolve('mine');
    },
  }),
  read({
    name: 'readMine',
    summary: 'Mine, read',
    method: 'GET',
    path: '/api/read',
    status: 200,
    access: { signIn: true },
    response: named,
    run: () => Promise.resolve('mine'),
  }),
  publicOperation({
    name: 'getOpen',
    summary: 'Open',
    method: 'GET',
    path: '/api/open',
    status: 200,
    access: { public: true },
    response: named,
    run: ({ seen }: Stage, { address }) => {
      seen.handled += 1;
      seen.addresses.push(address);
      return Promise.resolve('open');
    },
  }),
  publicOperation({
    name: 'logIn',
    summary: 'Log in',
    method: 'POST',
    path: '/api/auth/login',
    limit: 'auth',
    status: 204,
    access: { public: true },
    body: object({ password: secret(100) }).noUnknown(),
    response: nothing,
    run: ({ seen }: Stage) => {
      seen.handled += 1;
      return Promise.resolve();
    },
  }),
  ...(['register', 'refresh'] as const).map((limit) =>
    publicOperation({
      name: limit,
      summary: limit,
      method: 'POST',
      path: `/api/auth/${limit}`,
      limit,
      status: 204,
      access: { public: true },
      body: object({ password: secret(100) }).noUnknown(),
      response: nothing,
      run: () => Promise.resolve(),
    }),
  ),
  operation({
    name: 'changePassword',
    summary: 'Change my password',
    method: 'POST',
    path: '/api/auth/password',
    limit: 'auth',
    status: 204,
    access: { signIn: true },
    response: nothing,
    run: () => Promise.resolve(),
  }),
  publicOperation({
    name: 'getAlive',
    summary: 'Alive',
    method: 'GET',
    path: '/health/live',
    status: 204,
    access: { public: true },
    response: nothing,
    run: () => Promise.resolve(),
  }),
];

/** Access tokens and API tokens here are their user's name, which an API token has a prefix before. */
function holderOf(token: string): Actor {
  if (token.endsWith('bad')) throw new DomainError('invalid_token', 'This is no token of ours.');
  if (token.startsWith('ended-')) return { userId: token.replace('ended-', ''), signInId: 'ended', scopes: null };
  return { userId: token.replace('lfv_', ''), signInId: null, scopes: null };
}

function recorded({ take, giveBack }: RateLimiter, counted: string[]): RateLimiter {
  return {
    take: (policy, key, amount) => {
      counted.push(`${policy}, ${key}`);
      return take(policy, key, amount);
    },
    giveBack: (policy, key) => {
      counted.push(`${policy}, ${key}, given back`);
      return giveBack(policy, key);
    },
  };
}

describe('rate limits', () => {
  let url: string;
  let port: number;
  let stop: () => Promise<void> = () => Promise.resolve();
  const seen: Stage['seen'] = { authenticated: 0, handled: 0, addresses: [] };
  /** What the limiter was asked, in order. */
  const counted: string[] = [];

  /** A new server, with every quota whole. */
  async function start({ limited = true, trusted = false } = {}): Promise<void> {
    await stop();
    Object.assign(seen, { authenticated: 0, handled: 0, addresses: [] });
    counted.length = 0;
    const cursors = makeCursors(new Uint8Array(32));
    const app = makeHttpApp({
      endpoints: operations.map((each) => each.bind({ seen }, cursors)),
      authenticate: (token) => {
        seen.authenticated += 1;
        if (token.startsWith('ended-')) throw new DomainError('invalid_token', 'This sign-in has ended.');
        return Promise.resolve({ actor: holderOf(token), refreshSuggested: false });
      },
      identify: (token) => {
        seen.authenticated += 1;
        return Promise.resolve({ viewer: holderOf(token), refreshSuggested: false });
      },
      readAccessToken: (token) => {
        if (token.startsWith('lfv_')) throw new DomainError('invalid_token', 'This is no access token.');
        return Promise.resolve({ viewer: { claims: holderOf(token) }, refreshSuggested: token === 'old' });
      },
      logger,
      newRequestId: () => 'new',
      corsOrigins: [ORIGIN],
      trustedProxies: trusted ? [{ address: '127.0.0.0', prefix: 8 }] : [],
      limiter: limited ? recorded(makeRateLimiter(RATE_POLICIES, null), counted) : null,
      production: false,
      version: '1',
    });
    ({ url, port, stop } = await startHttpServer(app, { host: '127.0.0.1', port: 0 }));
  }
  beforeEach(() => start());
  after(() => stop());

  const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${url}${path}`, { method, headers });
  const as = (user: string) => ({ Authorization: `Bearer ${user}` });
  const logIn = (headers: Record<string, string> = {}, path = '/api/auth/login') =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body: '{"password":"x"}',
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  /** At once, as many as may be. */
  const times = async <T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    while (answers.length < count) {
      const first = answers.length;
      const several = Array.from({ length: Math.min(60, count - first) }, (_, index) => send(first + index));
      answers.push(...(await Promise.all(several)));
    }
    return answers;
  };
  const statusesOf = (responses: readonly Response[]): Record<number, number> => {
    const statuses: Record<number, number> = {};
    for (const { status } of responses) statuses[status] = (statuses[status] ?? 0) + 1;
    return statuses;
  };
  const limitOf = ({ headers }: Response): (string | null)[] => [
    headers.get('ratelimit-policy'),
    headers.get('ratelimit'),
  ];

  describe('headers', () => {
    it('tell the policy and what is left of it on every answer under /api', async () => {
      const expected: readonly [number, Promise<Response>][] = [
        [200, call('/api/open')],
        [304, call('/api/open', { 'If-None-Match': '"1"' })],
        [401, call('/api/mine')],
        [404, call('/api/nowhere')],
        [404, call('/api')],
        [405, call('/api/open', {}, 'DELETE')],
        [204, call('/api/open', {}, 'OPTIONS')],
        [200, call('/api/openapi.json')],
      ];
      for (const [status, answer] of expected) {
        const response = await answer;
        expect(response.status).to.equal(status);
        expect(response.headers.get('ratelimit-policy')).to.equal('"default";q=300;w=60');
        expect(response.headers.get('ratelimit')).to.match(/^"default";r=29\d;t=60$/);
      }
    });

    it('tell of all policies that apply', async () => {
      const all = '"default";q=300;w=60, "body";q=16777216;qu="content-bytes";w=60, "auth";q=20;w=60';
      const left = (kibibytes: number, auth: number): string =>
        `"default";r=299;t=60, "body";r=${1024 * kibibytes};t=60, "auth";r=${auth};t=60`;
      expect(limitOf(await logIn())).to.deep.equal([all, left(16_383, 19)]);
      const changed = await logIn(as('anna'), '/api/auth/password');
      expect(limitOf(changed)).to.deep.equal([all, left(16_382, 18)]);
    });

    it('may be read by the pages of allowed origins, also when it was too much', async () => {
      await times(300, () => call('/api/nowhere'));
      const response = await logIn({ Origin: ORIGIN });
      expect(response.status).to.equal(429);
      expect(response.headers.get('access-control-allow-origin')).to.equal(ORIGIN);
      expect(response.headers.get('access-control-expose-headers')).to.match(
        /RateLimit,RateLimit-Policy.*Retry-After/i,
      );
    });
  });

  it('answer 429 with Retry-After when the quota is used up', async () => {
    await times(20, () => logIn());
    const response = await logIn({ 'x-request-id': 'mine' });
    expect(response.status).to.equal(429);
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    const seconds = Number(response.headers.get('retry-after'));
    expect(seconds).to.be.within(55, 60);
    expect(response.headers.get('ratelimit')).to.contain('"auth";r=0;t=');
    expect(await response.json()).to.deep.equal({
      type: 'urn:lazy-foundry:problem:rate_limited',
      title: 'Too Many Requests',
      status: 429,
      detail: `Too many attempts. Try again in ${seconds} seconds.`,
      instance: '/api/auth/login',
      code: 'rate_limited',
      requestId: 'mine',
    });
  });

  it('let exactly as many of many at once through as the quota has', async () => {
    expect(statusesOf(await times(60, () => logIn()))).to.deep.equal({ 204: 20, 429: 40 });
    expect(seen.handled).to.equal(20);
  });

  it('stop an address that is not signed in before it is authenticated', async () => {
    for (const token of ['bad', 'lfv_bad']) {
      await start();
      expect(statusesOf(await times(350, () => call('/api/mine', as(token))))).to.deep.equal({ 401: 300, 429: 50 });
      expect(seen.authenticated).to.equal(300);
      expect((await call('/api/mine', as('lfv_anna'))).status).to.equal(429);
      expect(seen.authenticated).to.equal(300);
      // Whose access token holds is not kept out by what others do at the same address.
      expect((await call('/api/mine', as('anna'))).status).to.equal(200);
    }
  });

  it('stop a user before anything is looked up', async () => {
    await times(300, () => call('/api/nowhere', as('anna')));
    expect(seen.authenticated).to.equal(0);
    expect((await call('/api/mine', as('anna'))).status).to.equal(429);
    expect(seen.authenticated).to.equal(0);
  });

  it('count each request once, by its user or by its address; an API token moves it to its user', async () => {
    const address = 'default, address 127.0.0.1';
    const anna = 'default, user anna';
    const body = 'body, address 127.0.0.1';
    const expected: readonly [readonly string[], number, () => Promise<Response>][] = [
      [[anna], 200, () => call('/api/mine', as('anna'))],
      [[anna], 200, () => call('/api/open', as('anna'))],
      [[anna], 404, () => call('/api/nowhere', as('anna'))],
      [[anna], 405, () => call('/api/open', as('anna'), 'DELETE')],
      [[anna, body, 'auth, address 127.0.0.1'], 204, () => logIn(as('anna'), '/api/auth/password')],
      [[address, `${address}, given back`, anna], 200, () => call('/api/mine', as('lfv_anna'))],
      [
        [address, body, `${address}, given back`, 'auth, address 127.0.0.1', anna],
        204,
        () => logIn(as('lfv_anna'), '/api/auth/password'),
      ],
      [[address], 401, () => call('/api/mine', as('bad'))],
      [[address], 401, () => call('/api/mine', as('lfv_bad'))],
      [[address], 401, () => call('/api/mine', { Authorization: 'Basic YTpi' })],
      [[address], 401, () => call('/api/mine')],
      [[address], 200, () => call('/api/open', as('lfv_anna'))],
      [[address, body, `${address}, given back`, 'auth, address 127.0.0.1'], 204, () => logIn()],
      [
        [address, body, `${address}, given back`, 'auth, address 127.0.0.1', 'register, address 127.0.0.1'],
        204,
        () => logIn({}, '/api/auth/register'),
      ],
    ];
    for (const [keys, status, send] of expected) {
      counted.length = 0;
      expect((await send()).status).to.equal(status);
      expect(counted).to.deep.equal(keys);
    }
  });

  for (const [what, send, status] of [
    ['asks for what it may not have', () => call('/api/mine', as('ended-anna')), 401],
    ['asks for what is open', () => call('/api/open', as('ended-anna')), 200],
    ['asks for what is not there', () => call('/api/nowhere', as('ended-anna')), 404],
    ['asks in a way that is not taken', () => call('/api/open', as('ended-anna'), 'DELETE'), 405],
    ['sends what is no JSON', () => call('/api/auth/login', as('ended-anna'), 'POST'), 400],
  ] as const) {
    it(`count for the address, and no longer for its user, what a sign-in that has ended sends: ${what}`, async () => {
      const before = limitOf(await call('/api/mine', as('anna')))[1];
      expect((await send()).status).to.equal(status);
      const asked = seen.authenticated;
      // 300 of the address in all: log-ins that are refused for other reasons give theirs back.
      const statuses = statusesOf(await times(310, send));
      expect(seen.authenticated - asked).to.be.at.most(what.startsWith('asks for what it') ? 299 : 0);
      if (status !== 400) expect(statuses).to.deep.equal({ [status]: 299, 429: 11 });
      expect(before).to.match(/r=299;/);
      expect(limitOf(await call('/api/mine', as('anna')))[1]).to.match(/r=298;/);
    });
  }

  it('refuse no refresh because others fail to log in at the same address, be it without end', async () => {
    expect(statusesOf(await times(400, () => logIn()))).to.deep.equal({ 204: 20, 429: 380 });
    expect((await logIn({}, '/api/auth/refresh')).status).to.equal(204);
  });

  it('let an address register ten times an hour, and forget what was refused for what it sent', async () => {
    const refused = (): Promise<Response> =>
      fetch(`${url}/api/auth/register`, {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json' },
      });
    for (let i = 0; i < 5; i += 1) expect((await refused()).status).to.equal(400);
    const statuses = statusesOf(await times(15, () => logIn({}, '/api/auth/register')));
    expect(statuses).to.deep.equal({ 204: 10, 429: 5 });
  });

  it('leave the suggestion to refresh an access token in the answer', async () => {
    const suggested = async (user: string): Promise<boolean> =>
      (await call('/api/read', as(user))).headers.has('x-token-refresh-suggested');
    expect([await suggested('old'), await suggested('anna')]).to.deep.equal([true, false]);
  });

  it('count the requests of each user on their own, whoever shares the address', async () => {
    for (const user of ['anna', 'lfv_berta']) {
      for (let round = 0; round < 6; round += 1) await times(50, () => call('/api/mine', as(user)));
      const response = await call('/api/mine', as(user));
      expect(response.status, user).to.equal(429);
      expect(response.headers.get('ratelimit')).to.match(/^"default";r=0;t=\d+$/);
    }
    expect(seen.handled).to.equal(600);
    const other = await call('/api/mine', as('clara'));
    expect(limitOf(other)[1]).to.match(/^"default";r=299;/);
    expect(limitOf(await call('/api/open'))[1]).to.match(/^"default";r=299;/);
  });

  it('count the paths that are not there, and those that are refused', async () => {
    await times(150, () => call('/api/nowhere'));
    await times(150, () => call('/api/open', {}, 'DELETE'));
    expect((await call('/api/open')).status).to.equal(429);
    expect((await call('/API/open')).status).to.equal(429);
    expect((await call('//api/open')).status).to.equal(429);
    expect((await call('/api')).status).to.equal(429);
  });

  it('count what is outside of /api by address, and health apart from pages and paths that are not there', async () => {
    const live = await call('/health/live', as('anna'));
    expect([live.status, ...limitOf(live)]).to.deep.equal([204, '"open";q=600;w=60', '"open";r=599;t=60']);
    for (const path of ['/docs', '/docs/start.js', '/nowhere', '/', '/.env', '/apis']) {
      expect(limitOf(await call(path))[0], path).to.equal('"open";q=600;w=60');
    }
    expect(new Set(counted)).to.have.all.keys('open, health address 127.0.0.1', 'open, page address 127.0.0.1');
    await times(594, () => call('/nowhere'));
    for (const path of ['/nowhere', '/docs', '/docs/swagger-ui-bundle.js', '/', '//nowhere', '/%2e']) {
      expect((await call(path)).status, path).to.equal(429);
    }
    for (const path of ['/health/live', '/metrics', '/health/ready', '//health']) {
      expect((await call(path)).status, path).not.to.equal(429);
    }
    expect((await call('/api/open')).headers.get('ratelimit')).to.contain('r=299');
    await times(600, () => call('/health/live'));
    for (const path of ['/health/live', '/HEALTH/live', '/health', '/metrics', '//health/ready']) {
      expect((await call(path)).status, path).to.equal(429);
    }
  });

  it('count the bytes of bodies, by address, and those of which nobody tells the length as the longest', async () => {
    /** Tells of a body, and sends none: it is counted before it comes. */
    const claim = async (body: string, client = '198.51.100.1'): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /api/nowhere HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${client}\r\n${body}\r\n\r\n`);
      const answer = await new Promise<string>((resolve) => {
        socket.once('data', (chunk: Buffer) => {
          resolve(chunk.toString('latin1'));
        });
      });
      socket.destroy();
      return answer;
    };
    const length = (bytes: number): string => `Content-Length: ${bytes}`;
    const chunked = 'Transfer-Encoding: chunked';
    await start({ trusted: true });
    const first = await claim(length(1));
    expect(first).to.match(/^HTTP\/1.1 404 /);
    expect(first).to.include('"body";q=16777216;qu="content-bytes";w=60').and.include('"body";r=16776192;t=60');
    expect(await claim('X-Nothing: x')).to.not.include('"body"');
    expect(await claim(length(0))).to.not.include('"body"');
    for (let count = 0; count < 7; count += 1) {
      expect(await claim(length(1024 * 1024))).to.match(/^HTTP\/1.1 404 /);
      expect(await claim(chunked)).to.match(/^HTTP\/1.1 404 /);
    }
    // Nobody could send as much as this one says.
    expect(await claim(length(9e15)))
      .to.match(/^HTTP\/1.1 404 /)
      .and.include(`"body";r=${1023 * 1024};`);
    for (const body of [length(1024 * 1024), chunked, length(1)]) {
      expect(await claim(body), body)
        .to.match(/^HTTP\/1.1 429 /)
        .and.match(/Retry-After: \d+/);
    }
    expect(await claim('X-Nothing: x')).to.match(/^HTTP\/1.1 404 /);
    expect(await claim(length(1), '198.51.100.2')).to.match(/^HTTP\/1.1 404 /);
  });

  it('leave everything alone when they are switched off', async () => {
    await start({ limited: false });
    const responses = await times(40, () => logIn());
    expect(statusesOf(responses)).to.deep.equal({ 204: 40 });
    expect(responses.some(({ headers }) => headers.has('ratelimit') || headers.has('ratelimit-policy'))).to.equal(
      false,
    );
  });

  describe('are not passed by', () => {
    beforeEach(() => times(20, () => logIn()));

    it('a header that says where the request comes from', async () => {
      for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'True-Client-IP', 'CF-Connecting-IP']) {
        expect((await logIn({ [name]: '198.51.100.1' })).status, name).to.equal(429);
      }
    });

    it('another spelling of the path or another method', async () => {
      const handled = seen.handled;
      for (const path of [
        '/api/auth/LOGIN',
        '/API/auth/login',
        '/api/auth/login/',
        '//api/auth/login',
        '/api//auth/login',
        '/api/auth/./login',
        '/api/auth/log%69n',
        '/api/auth/login?x=1',
        '/api/auth/login;x=1',
      ]) {
        expect((await logIn({}, path)).status, path).to.be.oneOf([400, 404, 429]);
      }
      for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
        const response = await call('/api/auth/login', { [header]: 'POST' });
        expect(response.status, header).to.equal(405);
      }
      expect((await logIn({}, '/api/auth/login?_method=POST')).status).to.equal(429);
      expect(seen.handled).to.equal(handled);
    });

    it('a target in absolute form, and a new connection for each request', async () => {
      const raw = async (target: string): Promise<string> => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        const answered = new Promise<void>((resolve) => {
          socket.on('data', (chunk) => {
            answer += chunk.toString('latin1');
            resolve();
          });
        });
        socket.write(
          `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"password":"x"}`,
        );
        await answered;
        socket.destroy();
        return answer;
      };
      const answers = await times(10, () => raw('/api/auth/login'));
      for (const answer of [...answers, await raw('http://elsewhere.example/api/auth/login')]) {
        expect(answer).to.match(/^HTTP\/1.1 4(?:00|29) /);
      }
    });

    it('a token, good or bad, of a request that needs none', async () => {
      for (const user of ['anna', 'bad']) expect((await logIn(as(user))).status).to.equal(429);
      expect(seen.authenticated).to.equal(0);
    });
  });

  describe('behind a trusted proxy', () => {
    beforeEach(() => start({ trusted: true }));

    it('count each client on its own', async () => {
      await times(25, () => logIn({ 'X-Forwarded-For': '198.51.100.1' }));
      expect((await logIn({ 'X-Forwarded-For': '198.51.100.1' })).status).to.equal(429);
      expect((await logIn({ 'X-Forwarded-For': '198.51.100.2' })).status).to.equal(204);
    });

    it('believe nothing that the client wrote itself', async () => {
      await times(25, (index) => logIn({ 'X-Forwarded-For': `203.0.113.${index}, 198.51.100.1` }));
      expect((await logIn({ 'X-Forwarded-For': '203.0.113.99, 198.51.100.1' })).status).to.equal(429);
    });

    it('count a network of IPv6 as one', async () => {
      await times(25, (index) => logIn({ 'X-Forwarded-For': `2001:db8::${index}` }));
      expect((await logIn({ 'X-Forwarded-For': '2001:db8::ffff' })).status).to.equal(429);
      expect((await logIn({ 'X-Forwarded-For': '2001:db8:0:1::1' })).status).to.equal(204);
    });

    it('tell the operation the address', async () => {
      await call('/api/open', { 'X-Forwarded-For': '203.0.113.1, 198.51.100.1' });
      expect(seen.addresses).to.deep.equal(['198.51.100.1']);
    });
  });
});
