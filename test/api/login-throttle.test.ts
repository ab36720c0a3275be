import { expect } from 'chai';
import type { Database } from '../../infrastructure/database/database.ts';
import { PASSWORD, type RealServer, startRealServer } from '../support/real-server.ts';
import { openTestDatabase } from '../support/test-cluster.ts';
import { ask } from '../support/ask.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('the throttle of logging in, over HTTP', () => {
  let server: RealServer;
  let database: Database;
  before(async () => {
    server = await startRealServer();
    database = await openTestDatabase(server.target);
  });
  after(async () => {
    await database.close();
    await server.close();
  });
  // What an address failed counts for 24 hours, whatever the account; each test begins without.
  beforeEach(() => {
    server.clock.advance(DAY);
  });

  const logIn = (email: string, password = 'Wrong Harbour 7') =>
    server.call('POST', '/api/auth/login', { body: { email, password } });
  const rows = async (): Promise<string[]> =>
    (await ask(database, 'select * from login_failures')).map((row) => JSON.stringify(row));

  it('answers the same bytes whether or not the account exists, the sixth time 429 with Retry-After', async () => {
    const { email } = await server.newUser();
    const tell = async (tried: string): Promise<unknown[]> => {
      const told = [];
      for (let count = 0; count < 6; count += 1) {
        const { status, headers, text, body } = await logIn(tried);
        told.push([status, headers.get('retry-after'), text.replace(String(body.requestId), '')]);
      }
      return told;
    };
    const known = await tell(email);
    server.clock.advance(DAY);

    expect(await tell('nobody@example.org')).to.deep.equal(known);
    expect(known.map((each) => (Array.isArray(each) ? each.slice(0, 2) : each))).to.deep.equal([
      ...Array<unknown>(5).fill([401, null]),
      [429, '1'],
    ]);
    expect(JSON.stringify(known)).to.contain('"code\\":\\"rate_limited\\"');
  });

  it('lets five of 50 attempts at once through', async () => {
    const { email } = await server.newUser();
    const statuses = (await Promise.all(Array.from({ length: 50 }, () => logIn(email)))).map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).to.have.lengthOf(5);
    expect(statuses.filter((status) => status === 429)).to.have.lengthOf(45);
    server.clock.advance(1000);
    expect((await logIn(email, PASSWORD)).status).to.equal(200);
  });

  it('stores neither the e-mail address nor the network address, and clears away what is old', async () => {
    const { email } = await server.newUser();
    await logIn(email);
    const stored = (await rows()).join('\n');
    expect(stored).not.to.contain(email).and.not.to.contain('127.0.0.1').and.not.to.contain('example');

    server.clock.advance(DAY);
    await logIn('nobody@example.org');
    expect(await rows()).to.have.lengthOf(1);
  });

  it('counts a wrong current password as a failed log-in', async () => {
    const { email, token } = await server.newUser();
    const change = (currentPassword: string) =>
      server.call('POST', '/api/auth/password', { token, body: { currentPassword, newPassword: 'Other Harbour 8' } });
    for (let count = 0; count < 5; count += 1) expect((await change('Wrong Harbour 7')).status).to.equal(401);

    expect((await change(PASSWORD)).status).to.equal(429);
    expect((await logIn(email, PASSWORD)).status).to.equal(429);
  });

  it('does not slow down the command line on this machine', async () => {
    const { id: userId } = await server.newUser();
    const endpoint = server.application.endpoints.find(({ spec }) => spec.name === 'changePassword');
    const body = { currentPassword: 'Wrong Harbour 7', newPassword: 'Other Harbour 8' };
    for (let count = 0; count < 8; count += 1) {
      const fault: unknown = await endpoint
        ?.handle({ userId, signInId: null, scopes: null }, { body })
        .catch((error: unknown) => error);
      expect(fault).to.include({ code: 'invalid_credentials' });
    }
  });
});
