import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type ApiResponse, allPages, nextLink } from '../support/api-clients.ts';
import {
  type Api,
  type ApiUser,
  DAY,
  MINUTE,
  PASSWORD,
  SECOND,
  type Tokens,
  UNKNOWN_ID,
  bytesOf,
  etagOf,
  expectInvalid,
  expectProblem,
  expectStatus,
  objectAt,
  startApi,
  textAt,
} from '../support/api.ts';
import { ask } from '../support/ask.ts';

const NEW_PASSWORD = 'Loud Harbour 8';

describe('the API: auth', () => {
  let api: Api;
  before(async () => {
    api = await startApi();
  });
  after(() => api.close());

  const me = (holder: Pick<Tokens, 'token'>): Promise<ApiResponse> => api.as(holder).get('/api/auth/me');
  const refresh = (refreshToken: string): Promise<ApiResponse> =>
    api.anybody.post('/api/auth/refresh', { refreshToken });
  const logIn = (email: string, password: string): Promise<ApiResponse> =>
    api.anybody.post('/api/auth/login', { email, password });
  const signInIds = async (user: ApiUser): Promise<string[]> => {
    const { items } = await api.as(user).get('/api/auth/sign-ins');
    return items.map((item) => textAt(item, 'id'));
  };
  /** Access tokens count whole seconds. */
  const toWholeSecond = (): void => {
    api.clock.advance(SECOND - (api.clock.now().getTime() % SECOND));
  };

  describe('registering', () => {
    const account = (values: object): object => ({
      email: 'somebody@example.org',
      username: 'somebody',
      password: PASSWORD,
      ...values,
    });

    it('creates the account and signs in', async () => {
      const response = await api.anybody.post('/api/auth/register', {
        email: '  Anna.Bell@Example.ORG ',
        username: ' Anna.Bell-1_ ',
        password: PASSWORD,
      });
      expect(response.status, response.text).to.equal(201);
      const user = objectAt(response.body, 'user');
      expect(user).to.deep.equal({
        id: user.id,
        email: 'anna.bell@example.org',
        username: 'Anna.Bell-1_',
        createdAt: api.clock.now().toISOString(),
      });
      expect((await me({ token: textAt(response.body, 'token') })).body).to.deep.include(user);
      expectStatus(await refresh(textAt(response.body, 'refreshToken')), 200);
    });

    it('tells no secret: neither hash nor password', async () => {
      const user = await api.newUser();
      const { text } = await me(user);
      expect(text).not.to.include('argon2').and.not.to.include(PASSWORD);
    });

    it('refuses an e-mail address that is taken, in whatever case', async () => {
      const { email } = await api.newUser();
      const before = await api.fingerprint();
      const body = account({ email: email.toUpperCase(), username: 'another-name' });
      expectProblem(await api.anybody.post('/api/auth/register', body), 409, 'email_taken');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('refuses a user name that is taken, in whatever case', async () => {
      const { username } = await api.newUser();
      const before = await api.fingerprint();
      const body = account({ email: 'another@example.org', username: username.toUpperCase() });
      expectProblem(await api.anybody.post('/api/auth/register', body), 409, 'username_taken');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('makes one account of ten that are registered at once with one address', async () => {
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          api.anybody.post('/api/auth/register', account({ email: 'race@example.org', username: `racer-${n}` })),
        ),
      );
      expect(responses.map(({ status }) => status).sort()).to.deep.equal([201, ...Array<number>(9).fill(409)]);
    });

    for (const [why, values, field] of [
      ['has no @', { email: 'nobody.example.org' }, 'email'],
      ['is a number', { email: 5 }, 'email'],
      ['is missing', { email: undefined }, 'email'],
      ['has one character', { username: 'a' }, 'username'],
      ['has 33 characters', { username: 'a'.repeat(33) }, 'username'],
      ['holds a space', { username: 'an na' }, 'username'],
      ['holds a tag', { username: '<b>anna</b>' }, 'username'],
      ['has seven characters', { password: 'Abcdef7' }, 'password'],
      ['has 129 characters', { password: `A1${'x'.repeat(127)}` }, 'password'],
      ['has no upper-case letter', { password: 'quiet harbour 7' }, 'password'],
      ['has no digit', { password: 'Quiet Harbour' }, 'password'],
      ['is a common one', { password: 'Password123' }, 'password'],
      ['is a common one with a mark behind it', { password: 'Password1!' }, 'password'],
      ['is a common one in disguise', { password: 'P@ssw0rd1' }, 'password'],
      ['is a word and a year', { password: 'Summer2026' }, 'password'],
      ['repeats one letter', { password: 'A1aaaaaa' }, 'password'],
      ['is long and repeats one word', { password: 'passwordpasswordpassword' }, 'password'],
      ['is the user name and a year', { username: 'Isildurin', password: 'Isildurin2026' }, 'password'],
      ['is the e-mail address', { email: 'q7@example.org', password: 'Q7@example.org' }, 'password'],
      ['is the user name', { username: 'Harbour-7', password: 'Harbour-7' }, 'password'],
      ['holds a NUL', { password: 'Quiet\0Harbour 7' }, 'password'],
      ['holds a lone surrogate', { username: 'anna\ud83d' }, 'username'],
      ['is none that is known', { role: 'admin' }, 'role'],
    ] as const) {
      it(`refuses a ${field} that ${why}, and writes nothing`, async () => {
        const before = await api.fingerprint();
        expectInvalid(await api.anybody.post('/api/auth/register', account(values)), field);
        expect(await api.fingerprint()).to.equal(before);
      });
    }

    it('takes a password of 128 characters, beyond the basic plane too', async () => {
      const password = `Quiet 7 ${'🐉'.repeat(120)}`;
      const body = account({ email: 'dragon@example.org', username: 'dragon', password });
      expectStatus(await api.anybody.post('/api/auth/register', body), 201);
      expectStatus(await logIn('dragon@example.org', password), 200);
    });

    it('takes a passphrase without upper-case letter and digit', async () => {
      const body = account({ email: 'waves@example.org', username: 'waves', password: 'leise wellen am hafen' });
      expectStatus(await api.anybody.post('/api/auth/register', body), 201);
    });
  });

  describe('logging in', () => {
    it('begins another sign-in, by the address in whatever case', async () => {
      const user = await api.newUser();
      const { status, body } = await logIn(` ${user.email.toUpperCase()} `, PASSWORD);
      expect(status).to.equal(200);
      expect(objectAt(body, 'user').id).to.equal(user.id);
      expect(await signInIds(user)).to.have.length(2);
      expectStatus(await me({ token: textAt(body, 'token') }), 200);
    });

    it('answers an unknown account and a wrong password with the same bytes', async () => {
      const user = await api.newUser();
      const before = await api.fingerprint();
      const wrong = await logIn(user.email, NEW_PASSWORD);
      const unknown = await logIn('nobody-at-all@example.org', NEW_PASSWORD);
      const noAddress = await logIn('no address', NEW_PASSWORD);
      expectProblem(wrong, 401, 'invalid_credentials');
      expect(bytesOf(unknown, { instance: true })).to.equal(bytesOf(wrong, { instance: true }));
      expect(bytesOf(noAddress, { instance: true })).to.equal(bytesOf(wrong, { instance: true }));
      const headersOf = ({ headers }: ApiResponse): string[] => [...headers.keys()].sort();
      expect(headersOf(unknown)).to.deep.equal(headersOf(wrong));
      expect(wrong.headers.get('WWW-Authenticate')).to.equal('Bearer');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('takes the password as it was typed', async () => {
      const { email } = await api.newUser();
      for (const password of [` ${PASSWORD}`, `${PASSWORD} `, PASSWORD.toLowerCase()]) {
        expectProblem(await logIn(email, password), 401, 'invalid_credentials');
      }
    });

    it('refuses what is no text', async () => {
      expectInvalid(
        await api.anybody.post('/api/auth/login', { email: null, password: ['a'], token: 1 }),
        'email',
        'password',
        'token',
      );
    });
  });

  describe('refreshing', () => {
    it('gives another pair, each of which works', async () => {
      const user = await api.newUser();
      api.clock.advance(SECOND);
      const pair = await api.refresh(user);
      expect(pair.refreshToken).not.to.equal(user.refreshToken);
      expect(pair.token).not.to.equal(user.token);
      expectStatus(await me(pair), 200);
      const again = await api.refresh(pair);
      expectStatus(await me(again), 200);
      expect(await signInIds(user)).to.have.length(1);
    });

    it('gives the same successor for a replay within 10 s', async () => {
      const user = await api.newUser();
      const first = await api.refresh(user);
      api.clock.advance(10 * SECOND);
      const replay = await refresh(user.refreshToken);
      expect(replay.status, replay.text).to.equal(200);
      expect(replay.body.refreshToken).to.equal(first.refreshToken);
      expectStatus(await me({ token: textAt(replay.body, 'token') }), 200);
    });

    it('refuses a replay within 10 s once the successor is used, without consequences', async () => {
      const user = await api.newUser();
      const first = await api.refresh(user);
      const second = await api.refresh(first);
      expectProblem(await refresh(user.refreshToken), 401, 'invalid_token');
      expectStatus(await me(second), 200);
      expectStatus(await refresh(second.refreshToken), 200);
    });

    it('takes a replay after 10 s for a theft: the whole sign-in ends, and no other', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      const first = await api.refresh(user);
      api.clock.advance(10 * SECOND + 1);
      const replay = await refresh(user.refreshToken);
      expectProblem(replay, 401, 'refresh_token_reused');
      expect(replay.headers.get('WWW-Authenticate')).to.equal('Bearer');
      expectProblem(await me(first), 401, 'invalid_token');
      expectProblem(await me(user), 401, 'invalid_token');
      expectProblem(await refresh(first.refreshToken), 401, 'invalid_token');
      expectStatus(await me(other), 200);
    });

    it('gives fifty callers at once one and the same successor', async () => {
      const user = await api.newUser();
      const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(user.refreshToken)));
      expect(new Set(responses.map(({ status }) => status))).to.deep.equal(new Set([200]));
      const successors = new Set(responses.map(({ body }) => textAt(body, 'refreshToken')));
      expect(successors.size).to.equal(1);
      const [signIn] = await signInIds(user);
      const stored = await ask(api.database, 'select hash from refresh_tokens where sign_in_id = $1', [signIn ?? null]);
      expect(stored).to.have.length(2);
      expectStatus(await refresh([...successors].join()), 200);
    });

    it('lasts for 30 days from the sign-in, however often it is refreshed', async () => {
      const user = await api.newUser();
      api.clock.advance(13 * DAY);
      const first = await api.refresh(user);
      api.clock.advance(13 * DAY);
      const second = await api.refresh({ ...user, ...first });
      api.clock.advance(4 * DAY - SECOND);
      const last = await api.refresh({ ...user, ...second });
      expectStatus(await me(last), 200);
      api.clock.advance(SECOND);
      expectProblem(await refresh(last.refreshToken), 401, 'invalid_token');
      expectProblem(await me(last), 401, 'invalid_token');
    });

    it('ends with 14 days in which it is not refreshed', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      api.clock.advance(14 * DAY - SECOND);
      await api.refresh(other);
      api.clock.advance(SECOND);
      expectProblem(await refresh(user.refreshToken), 401, 'invalid_token');
    });

    it('refuses what is no refresh token: an access token, a hash, nothing', async () => {
      const user = await api.newUser();
      const [row] = await ask<{ hash: string }>(
        api.database,
        'select hash from refresh_tokens join sign_ins on sign_ins.id = sign_in_id where user_id = $1',
        [user.id],
      );
      for (const refreshToken of [user.token, row?.hash ?? '', 'x', `${user.refreshToken}=`]) {
        expectProblem(await refresh(refreshToken), 401, 'invalid_token');
      }
      expectInvalid(await refresh(''), 'refreshToken');
      expectInvalid(await api.anybody.post('/api/auth/refresh', {}), 'refreshToken');
      expectInvalid(await refresh('x'.repeat(1025)), 'refreshToken');
    });

    it('keeps no refresh token as it is', async () => {
      const user = await api.newUser();
      const rows = await ask<{ t: string }>(api.database, 'select t::text as t from refresh_tokens t');
      expect(rows.some(({ t }) => t.includes(user.refreshToken))).to.equal(false);
    });
  });

  describe('logging out', () => {
    it('ends the sign-in of the refresh token at once, and no other', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      expectStatus(await api.anybody.post('/api/auth/logout', { refreshToken: user.refreshToken }), 204);
      expectProblem(await me(user), 401, 'invalid_token');
      expectProblem(await refresh(user.refreshToken), 401, 'invalid_token');
      expectStatus(await me(other), 200);
    });

    it('takes an unknown token, and the same one twice, for done', async () => {
      const { refreshToken } = await api.newUser();
      for (const token of [refreshToken, refreshToken, 'never given to anybody']) {
        expectStatus(await api.anybody.post('/api/auth/logout', { refreshToken: token }), 204);
      }
    });

    it('everywhere ends every sign-in of mine and of nobody else', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      const stranger = await api.newUser();
      expectStatus(await api.as(user).post('/api/auth/logout-all'), 204);
      for (const ended of [user, other]) {
        expectProblem(await me(ended), 401, 'invalid_token');
        expectProblem(await refresh(ended.refreshToken), 401, 'invalid_token');
      }
      expectStatus(await me(stranger), 200);
      expectStatus(await me(await api.logIn(user)), 200);
    });
  });

  describe('changing the password', () => {
    const change = (user: ApiUser, currentPassword: string, newPassword: string): Promise<ApiResponse> =>
      api.as(user).post('/api/auth/password', { currentPassword, newPassword });

    it('ends the other sign-ins and their access tokens at once, and keeps this one', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      expectStatus(await change(user, PASSWORD, NEW_PASSWORD), 204);
      expectProblem(await me(other), 401, 'invalid_token');
      expectProblem(await refresh(other.refreshToken), 401, 'invalid_token');
      expectStatus(await me(user), 200);
      expectStatus(await refresh(user.refreshToken), 200);
      expectProblem(await logIn(user.email, PASSWORD), 401, 'invalid_credentials');
      expectStatus(await logIn(user.email, NEW_PASSWORD), 200);
    });

    it('refuses a wrong current password, and changes nothing', async () => {
      const user = await api.newUser();
      const before = await api.fingerprint();
      expectProblem(await change(user, NEW_PASSWORD, NEW_PASSWORD), 401, 'invalid_credentials');
      expect(await api.fingerprint()).to.equal(before);
    });

    it('refuses a poor new one, and changes nothing', async () => {
      const user = await api.newUser();
      const before = await api.fingerprint();
      for (const poor of ['Short 1', 'Password123', 'quiet harbour 7', `A1${'x'.repeat(127)}`]) {
        expectInvalid(await change(user, PASSWORD, poor), 'newPassword');
      }
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('sign-ins', () => {
    it('are listed last used first, with their browser and the one that asks', async () => {
      const user = await api.newUser();
      const createdAt = api.clock.now();
      api.clock.advance(MINUTE);
      const response = await api.anybody.post(
        '/api/auth/login',
        { email: user.email, password: PASSWORD },
        { 'User-Agent': 'Foundry Test/1.0' },
      );
      api.clock.advance(MINUTE);
      const refreshed = await api.refresh(user);
      const { items } = await api.as({ token: textAt(response.body, 'token') }).get('/api/auth/sign-ins');
      const [first, second] = items;
      expect(items).to.deep.equal([
        {
          id: first?.id,
          createdAt: createdAt.toISOString(),
          lastUsedAt: api.clock.now().toISOString(),
          expiresAt: new Date(api.clock.now().getTime() + 14 * DAY).toISOString(),
          userAgent: 'node',
          current: false,
        },
        {
          id: second?.id,
          createdAt: new Date(createdAt.getTime() + MINUTE).toISOString(),
          lastUsedAt: new Date(createdAt.getTime() + MINUTE).toISOString(),
          expiresAt: new Date(createdAt.getTime() + MINUTE + 14 * DAY).toISOString(),
          userAgent: 'Foundry Test/1.0',
          current: true,
        },
      ]);
      expect((await api.as(refreshed).get('/api/auth/sign-ins')).items.map(({ current }) => current)).to.deep.equal([
        true,
        false,
      ]);
    });

    it('are listed page after page, those last used at one moment too, none twice while others begin', async () => {
      const user = await api.newUser();
      for (let n = 0; n < 4; n += 1) await api.logIn(user);
      const before = await signInIds(user);
      const { items, pages } = await allPages(api.as(user), '/api/auth/sign-ins?limit=2', () => api.logIn(user));
      expect(pages).to.equal(3);
      expect(items.map(({ id }) => id)).to.deep.equal(before);
    });

    it('are listed no longer once they have ended or expired', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      await api.anybody.post('/api/auth/logout', { refreshToken: other.refreshToken });
      expect(await signInIds(user)).to.have.length(1);
      api.clock.advance(30 * DAY);
      const later = await api.logIn(user);
      expect(await signInIds(later)).to.have.length(1);
    });

    it('are removed one by one, with their access tokens', async () => {
      const user = await api.newUser();
      const other = await api.logIn(user);
      const { items } = await api.as(user).get('/api/auth/sign-ins');
      const id = items.filter(({ current }) => current === false).map((item) => textAt(item, 'id'))[0] ?? '';
      expectStatus(await api.as(user).delete(`/api/auth/sign-ins/${id}`), 204);
      expectProblem(await me(other), 401, 'invalid_token');
      expectStatus(await me(user), 200);
      expectProblem(await api.as(user).delete(`/api/auth/sign-ins/${id}`), 404, 'not_found');
    });

    it('of others are as absent as an unknown one, and as what is no id', async () => {
      const [user, stranger] = [await api.newUser(), await api.newUser()];
      const [foreign = ''] = await signInIds(stranger);
      const answers = await Promise.all(
        [foreign, UNKNOWN_ID, 'no-id'].map((id) => api.as(user).delete(`/api/auth/sign-ins/${id}`)),
      );
      answers.forEach((answer) => {
        expectProblem(answer, 404, 'not_found');
      });
      expect(new Set(answers.map((answer) => bytesOf(answer))).size).to.equal(1);
      expectStatus(await me(stranger), 200);
    });

    it('refuse a cursor that was altered, and one of another user', async () => {
      const [user, stranger] = [await api.newUser(), await api.newUser()];
      await api.logIn(user);
      const next = nextLink(await api.as(user).get('/api/auth/sign-ins?limit=1')) ?? '';
      expectStatus(await api.as(user).get(next), 200);
      expectProblem(await api.as(stranger).get(next), 400, 'invalid_cursor');
      expectProblem(await api.as(user).get(next.replace(/cursor=(.)/, 'cursor=-$1')), 400, 'invalid_cursor');
    });
  });

  describe('my account', () => {
    it('is not sent again while its ETag holds', async () => {
      const user = await api.newUser();
      const etag = etagOf(await me(user));
      expectStatus(await api.as(user).get('/api/auth/me', { 'If-None-Match': etag }), 304);
      expectStatus(await api.as(user).patch('/api/auth/me', { username: `${user.username}x` }), 200);
      expectStatus(await api.as(user).get('/api/auth/me', { 'If-None-Match': etag }), 200);
    });

    it('takes another user name, and keeps the rest', async () => {
      const user = await api.newUser();
      const before = await me(user);
      const response = await api.as(user).patch('/api/auth/me', { username: 'Bellringer' });
      expect(response.status, response.text).to.equal(200);
      expect(response.body).to.deep.equal({ ...before.body, username: 'Bellringer' });
      expect((await me(user)).body).to.deep.equal(response.body);
      expect(etagOf(response)).not.to.equal(etagOf(before));
      expect(etagOf(response)).to.equal(etagOf(await me(user)));
    });

    it('stays as it is when nothing is sent', async () => {
      const user = await api.newUser();
      const before = await me(user);
      const response = await api.as(user).patch('/api/auth/me', {});
      expect([response.status, response.body]).to.deep.equal([200, before.body]);
    });

    it('changes only the version that If-Match names', async () => {
      const user = await api.newUser();
      const etag = etagOf(await me(user));
      const rename = (username: string, tag: string): Promise<ApiResponse> =>
        api.as(user).patch('/api/auth/me', { username }, { 'If-Match': tag });
      expectStatus(await rename(`${user.username}y`, etag), 200);
      expectProblem(await rename(`${user.username}z`, etag), 412, 'version_conflict');
      expectProblem(await rename(`${user.username}z`, '"no-tag-of-ours"'), 412, 'version_conflict');
      expect((await me(user)).body.username).to.equal(`${user.username}y`);
    });

    it('refuses a user name that is taken, invalid or null, and other fields', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      const patch = (body: object): Promise<ApiResponse> => api.as(user).patch('/api/auth/me', body);
      const before = await api.fingerprint();
      expectProblem(await patch({ username: other.username.toUpperCase() }), 409, 'username_taken');
      expectInvalid(await patch({ username: 'a b' }), 'username');
      expectInvalid(await patch({ username: null }), 'username');
      expectInvalid(await patch({ email: 'new@example.org' }), 'email');
      expect(await api.fingerprint()).to.equal(before);
    });
  });

  describe('access tokens', () => {
    it('are needed: without one, 401 with the challenge', async () => {
      const response = await api.anybody.get('/api/auth/me');
      expectProblem(response, 401, 'unauthenticated');
      expect(response.headers.get('WWW-Authenticate')).to.equal('Bearer');
    });

    it('expire after 15 minutes', async () => {
      toWholeSecond();
      const user = await api.newUser();
      api.clock.advance(15 * MINUTE - 1);
      expectStatus(await me(user), 200);
      api.clock.advance(1);
      const response = await me(user);
      expectProblem(response, 401, 'token_expired');
      expect(response.headers.get('WWW-Authenticate')).to.equal('Bearer error="invalid_token"');
      expectStatus(await me(await api.refresh(user)), 200);
    });

    it('past half their life suggest a refresh, and not before', async () => {
      toWholeSecond();
      const user = await api.newUser();
      api.clock.advance(7.5 * MINUTE);
      expect((await me(user)).headers.get('X-Token-Refresh-Suggested')).to.equal(null);
      api.clock.advance(1);
      expect((await me(user)).headers.get('X-Token-Refresh-Suggested')).to.equal('true');
      expect((await me(await api.refresh(user))).headers.get('X-Token-Refresh-Suggested')).to.equal(null);
    });

    it('are refused when they were altered, signed by others, or not signed', async () => {
      const { token, refreshToken, id } = await api.newUser();
      const [header = '', payload = '', signature = ''] = token.split('.');
      const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const forged = encoded({ ...(typeof claims === 'object' ? claims : {}), sub: UNKNOWN_ID });
      const bySomebody = createHmac('sha256', 'a key of their own').update(`${header}.${payload}`).digest('base64url');
      const none = encoded({ alg: 'none', typ: 'at+jwt' });
      for (const wrong of [
        `${header}.${forged}.${signature}`,
        `${header}.${payload}.${bySomebody}`,
        `${none}.${payload}.`,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        refreshToken,
        id,
      ]) {
        const response = await me({ token: wrong });
        expectProblem(response, 401, 'invalid_token');
        expect(response.headers.get('WWW-Authenticate')).to.equal('Bearer error="invalid_token"');
      }
      expectStatus(await me({ token }), 200);
    });

    it('count in the Authorization header alone, under the scheme Bearer', async () => {
      const { token } = await api.newUser();
      expectStatus(await api.anybody.get('/api/auth/me', { Authorization: `bearer ${token}` }), 200);
      expectProblem(await api.anybody.get(`/api/auth/me?access_token=${token}`), 401, 'unauthenticated');
      expectProblem(await api.anybody.get('/api/auth/me', { Cookie: `token=${token}` }), 401, 'unauthenticated');
      expectProblem(await api.anybody.get('/api/auth/me', { Authorization: `Basic ${token}` }), 401, 'invalid_token');
      expectProblem(await api.anybody.get('/api/auth/me', { Authorization: token }), 401, 'invalid_token');
    });
  });

  it('logs no error for any of this', () => {
    expect(api.loggedErrors).to.deep.equal([]);
  });
});

describe('the API where registering is not open', () => {
  for (const REGISTRATION of ['invited', 'closed']) {
    it(`takes no account, tells what to do, and lets in whoever has one: ${REGISTRATION}`, async () => {
      const api = await startApi(undefined, { REGISTRATION });
      try {
        const account = { email: 'anna@example.org', username: 'anna', password: PASSWORD };
        await api.application.users.create(account);
        const before = await api.fingerprint();
        for (const email of ['anna@example.org', 'new@example.org']) {
          const response = await api.anybody.post('/api/auth/register', { ...account, email });
          expectProblem(response, 409, 'registration_closed');
          expect(response.body.detail).to.match(/Ask whoever runs this server|Open the invite/);
        }
        expect(await api.fingerprint()).to.equal(before);
        expectStatus(await api.anybody.post('/api/auth/login', { email: account.email, password: PASSWORD }), 200);
      } finally {
        await api.close();
      }
    });
  }
});
