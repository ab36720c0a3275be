import { expect } from 'chai';
import pg from 'pg';
import { makeHttpApp } from '../../adapters/http/http-app.ts';
import { startHttpServer } from '../../adapters/http/http-server.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { SECURITY_EVENTS } from '../../core/shared/security-event.ts';
import { PASSWORD, type RealServer, startRealServer } from '../support/real-server.ts';

interface Line extends LogFields {
  readonly level: string;
  readonly event: string;
}

describe('the log of security events', () => {
  const lines: Line[] = [];
  let server: RealServer;
  let database: pg.Client;

  const keep =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      if (Object.hasOwn(SECURITY_EVENTS, event)) lines.push({ level, event, ...fields });
    };
  const logger: Logger = { error: keep('error'), warn: keep('warn'), info: keep('info'), debug: keep('debug') };

  before(async () => {
    server = await startRealServer({ logger });
    database = new pg.Client({ ...server.target, ssl: false });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await server.close();
  });
  beforeEach(() => {
    lines.length = 0;
  });

  const told = (): string[] => lines.map(({ level, event }) => `${level} ${event}`);

  it('tells of an account, of its log-ins and of those that fail', async () => {
    const { id, email } = await server.newUser();
    await server.call('POST', '/api/auth/login', { body: { email, password: PASSWORD } });
    await server.call('POST', '/api/auth/login', { body: { email, password: 'Wrong-horse-7' } });

    expect(told()).to.deep.equal([
      'info user_created',
      'info authn_login_success',
      'info authn_login_success',
      'warn authn_login_fail',
    ]);
    expect(lines.map(({ userId }) => userId)).to.deep.equal([id, id, id, null]);
    expect(lines[3]).to.deep.include({ operation: 'logIn', address: '127.0.0.1' });
    expect(lines[3]?.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('tells of tokens that are made, revoked and used again', async () => {
    const { token, refreshToken } = await server.newUser();
    const body = { name: 'Script', scopes: ['campaigns:read'], password: PASSWORD };
    const made = await server.call('POST', '/api/auth/tokens', { token, body });
    await server.call('DELETE', `/api/auth/tokens/${String(made.body.id)}`, { token });
    await server.call('POST', '/api/auth/refresh', { body: { refreshToken } });
    server.clock.advance(60_000);
    await server.call('POST', '/api/auth/refresh', { body: { refreshToken } });
    await server.call('POST', '/api/auth/logout', { body: { refreshToken } });

    expect(told().slice(2)).to.deep.equal([
      'info authn_token_created',
      'info authn_token_revoked',
      'warn authn_token_reuse',
      'info authn_token_revoked',
    ]);
    expect(lines[3]).to.have.property('subjectId', made.body.id);
  });

  it('tells of a password that is changed, and of one that is not', async () => {
    const { token } = await server.newUser();
    const newPassword = 'Other Harbour 8';
    await server.call('POST', '/api/auth/password', { token, body: { currentPassword: 'Wrong-1-x', newPassword } });
    await server.call('POST', '/api/auth/password', { token, body: { currentPassword: PASSWORD, newPassword } });

    expect(told().slice(2)).to.deep.equal(['warn authn_password_change_fail', 'info authn_password_change']);
  });

  it('tells who was refused what, and in which campaign, also where the path does not say it', async () => {
    const owner = await server.newUser();
    const viewer = await server.newUser();
    const { token } = owner;
    const campaign = await server.call('POST', '/api/campaigns', { token, body: { name: 'Saltmarsh' } });
    const campaignId = String(campaign.body.id);
    const sessions = `/api/campaigns/${campaignId}/sessions`;
    const session = await server.call('POST', sessions, { token, body: { title: 'One' } });
    const sessionId = String(session.body.id);
    await database.query(
      `insert into members (campaign_id, user_id, role, joined_at) values ($1, $2, 'viewer', now())`,
      [campaignId, viewer.id],
    );
    const member = `/api/campaigns/${campaignId}/members/${viewer.id}`;
    lines.length = 0;
    await server.call('DELETE', `/api/campaigns/${campaignId}`, { token: viewer.token });
    await server.call('DELETE', `/api/sessions/${sessionId}`, { token: viewer.token });
    await server.call('PATCH', member, { token, body: { role: 'gm' } });
    await server.call('DELETE', member, { token });

    expect(told()).to.deep.equal([
      'warn authz_fail',
      'warn authz_fail',
      'info authz_change',
      'info privilege_permissions_changed',
    ]);
    expect(lines[0]).to.deep.include({ operation: 'deleteCampaign', userId: viewer.id, campaignId });
    expect(lines[1]).to.deep.include({
      operation: 'deleteSession',
      userId: viewer.id,
      campaignId,
      subjectId: sessionId,
    });
    expect(lines[2]).to.deep.include({ operation: 'changeRole', userId: owner.id, campaignId, subjectId: viewer.id });
  });

  it('tells of an API token that goes beyond its scopes, and of input that is refused', async () => {
    const { id, token } = await server.newUser();
    const scopes = ['campaigns:read'];
    const made = await server.call('POST', '/api/auth/tokens', {
      token,
      body: { name: 'Script', scopes, password: PASSWORD },
    });
    await server.call('POST', '/api/campaigns', { token: String(made.body.token), body: { name: 'Saltmarsh' } });
    await server.call('POST', '/api/campaigns', { token, body: { nam: 'Saltmarsh' } });

    expect(told().slice(3)).to.deep.equal(['warn authz_fail', 'debug input_validation_fail']);
    expect(lines[3]).to.deep.include({ operation: 'createCampaign', userId: id });
  });

  it('tells of too many log-ins', async () => {
    const { email } = await server.newUser();
    for (let count = 0; count < 12; count += 1) {
      await server.call('POST', '/api/auth/login', { body: { email, password: 'Wrong-horse-7' } });
    }

    expect(told()).to.include('warn excess_rate_limit_exceeded');
  });

  it('tells of too many requests', async () => {
    const refusing = {
      take: () => Promise.resolve({ allowed: false, remaining: 0, resetMs: 1000 }),
      giveBack: () => Promise.resolve(),
    };
    const app = makeHttpApp({
      endpoints: [],
      authenticate: () => Promise.reject(new Error('not asked')),
      identify: () => Promise.reject(new Error('not asked')),
      readAccessToken: () => Promise.reject(new Error('not asked')),
      logger,
      newRequestId: () => 'request-1',
      corsOrigins: [],
      trustedProxies: [],
      limiter: refusing,
      production: false,
      version: '0.0.0',
    });
    const { url, stop } = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
    try {
      expect((await fetch(`${url}/api/auth/me`)).status).to.equal(429);
    } finally {
      await stop();
    }

    expect(lines).to.have.length(1);
    const told = { level: 'warn', event: 'excess_rate_limit_exceeded', requestId: 'request-1', policy: 'default' };
    expect(lines[0]).to.deep.include({ ...told, address: '127.0.0.1' });
  });

  it('writes no event twice', async () => {
    const { token } = await server.newUser();
    await server.call('PATCH', '/api/auth/me', { token, body: { username: 'renamed.user' } });

    expect(told()).to.deep.equal(['info user_created', 'info authn_login_success', 'info user_updated']);
  });
});
