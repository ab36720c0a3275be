import { expect } from 'chai';
import { PASSWORD, type RealServer, SECRET, startRealServer } from '../support/real-server.ts';

const NEW_SECRET = 'the second secret of these tests, long enough';

describe('rotating JWT_SECRET', () => {
  let before: RealServer;
  /** The same installation with the new secret, while it knows the previous one, and after. */
  let during: RealServer;
  let later: RealServer;

  beforeEach(async () => {
    before = await startRealServer();
    const { target, clock } = before;
    during = await startRealServer({ target, clock, secret: NEW_SECRET, previousSecret: SECRET });
    later = await startRealServer({ target, clock, secret: NEW_SECRET });
  });
  afterEach(async () => {
    for (const server of [before, during, later]) await server.close();
  });

  const me = async (server: RealServer, token: string): Promise<number> =>
    (await server.call('GET', '/api/auth/me', { token })).status;
  const refresh = (server: RealServer, refreshToken: string): ReturnType<RealServer['call']> =>
    server.call('POST', '/api/auth/refresh', { body: { refreshToken } });

  it('keeps access tokens until the previous secret is gone', async () => {
    const { token } = await before.newUser();
    expect([await me(during, token), await me(later, token)]).to.deep.equal([200, 401]);

    const { token: fresh } = await during.newUser();
    expect([await me(before, fresh), await me(later, fresh)]).to.deep.equal([401, 200]);
  });

  it('keeps sign-ins, whatever becomes of the secrets', async () => {
    const { refreshToken } = await before.newUser();
    const second = await refresh(during, refreshToken);
    expect(second.status).to.equal(200);
    expect((await refresh(later, String(second.body.refreshToken))).status).to.equal(200);
  });

  it('gives the same refresh token to who lost the answer of before', async () => {
    const { refreshToken } = await before.newUser();
    const first = await refresh(before, refreshToken);
    before.clock.advance(5000);
    const again = await refresh(during, refreshToken);

    expect(again.status, again.text).to.equal(200);
    expect(again.body.refreshToken).to.equal(first.body.refreshToken);
    expect((await refresh(later, refreshToken)).body.code).to.equal('invalid_token');
    expect((await refresh(during, String(first.body.refreshToken))).status).to.equal(200);
  });

  it('still ends the sign-in of a refresh token that is replayed late', async () => {
    const { refreshToken, token } = await before.newUser();
    await refresh(before, refreshToken);
    before.clock.advance(10_001);

    expect((await refresh(during, refreshToken)).body.code).to.equal('refresh_token_reused');
    expect(await me(during, token)).to.equal(401);
  });

  it('keeps the cursors of lists that somebody is in the middle of', async () => {
    const { token } = await before.newUser();
    for (const name of ['One', 'Two', 'Three']) await before.call('POST', '/api/campaigns', { token, body: { name } });
    const { token: fresh } = await during.newUser();
    const page = await before.call('GET', '/api/campaigns?limit=1', { token });
    const next = /<(.+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    const second = await during.call('GET', next, { token });

    expect(second.items.map(({ name }) => name)).to.deep.equal(['Two']);
    expect((await during.call('GET', next, { token: fresh })).body.code).to.equal('invalid_cursor');
    const third = /<(.+)>; rel="next"/.exec(second.headers.get('link') ?? '')?.[1] ?? '';
    expect((await before.call('GET', third, { token })).body.code).to.equal('invalid_cursor');
  });

  it('leaves API tokens alone', async () => {
    const { token } = await before.newUser();
    const body = { name: 'Script', scopes: ['world:read'], password: PASSWORD };
    const made = await before.call('POST', '/api/auth/tokens', { token, body });

    expect(await me(later, String(made.body.token))).to.equal(200);
  });
});
