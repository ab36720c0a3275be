import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import {
  ACTOR_PASSWORD,
  type CoreFixture,
  DAY,
  MINUTE,
  makeCoreFixture,
} from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import { type ApiToken, MAX_API_TOKENS } from './api-token.ts';
import { type CreateApiToken, makeCreateApiToken } from './create-api-token.ts';

const input: Parameters<CreateApiToken>[1] = {
  name: 'Notes to wiki',
  scopes: ['campaigns:read', 'world:read'],
  password: ACTOR_PASSWORD,
  address: null,
};

type Act = (core: CoreFixture, anna: Actor, keepApiTokens?: boolean) => Promise<void>;

async function aScene(): Promise<{ readonly core: CoreFixture; readonly anna: Actor }> {
  const core = makeCoreFixture();
  return { core, anna: await core.newActor() };
}

async function listed(core: CoreFixture, actor: Actor): Promise<readonly ApiToken[]> {
  return (await core.apiTokenQueries.list(actor, { limit: 100, after: null })).items;
}

describe('creating an API token', () => {
  it('tells the secret, and stores its hash and its beginning only', async () => {
    const { core, anna } = await aScene();
    const { apiToken, token } = await core.createApiToken(anna, input);

    expect(apiToken).to.deep.equal({
      id: apiToken.id,
      userId: anna.userId,
      name: 'Notes to wiki',
      scopes: ['campaigns:read', 'world:read'],
      prefix: token.slice(0, 5),
      createdAt: core.clock.now(),
      expiresAt: null,
    });
    expect(await listed(core, anna)).to.deep.equal([apiToken]);
    expect(JSON.stringify(await listed(core, anna))).not.to.include(token);
  });

  it('gives each its own secret', async () => {
    const { core, anna } = await aScene();
    const tokens = await Promise.all([core.createApiToken(anna, input), core.createApiToken(anna, input)]);

    expect(tokens[0].token).not.to.equal(tokens[1].token);
    expect(tokens[0].apiToken.id).not.to.equal(tokens[1].apiToken.id);
  });

  it('keeps each scope once, and refuses none', async () => {
    const { core, anna } = await aScene();
    const { apiToken } = await core.createApiToken(anna, { ...input, scopes: ['world:read', 'world:read'] });
    expect(apiToken.scopes).to.deep.equal(['world:read']);

    const { code, details } = await faultOf(core.createApiToken(anna, { ...input, scopes: [] }));
    expect([code, details[0]?.field]).to.deep.equal(['validation_failed', 'scopes']);
  });

  it('keeps none beyond the hundredth, of 110 that are created at once too', async () => {
    const { core, anna } = await aScene();
    const other = await core.newActor();
    const outcomes = await outcomesOf(Array.from({ length: 110 }, () => core.createApiToken(anna, input)));

    expect(outcomes).to.deep.equal({ done: MAX_API_TOKENS, validation_failed: 10 });
    expect(await listed(core, anna)).to.have.lengthOf(100);
    await core.createApiToken(other, input);
  });

  it('has room again once one is revoked, or has expired', async () => {
    const { core, anna } = await aScene();
    for (let i = 0; i < MAX_API_TOKENS; i += 1) await core.createApiToken(anna, { ...input, expiresInDays: 1 });
    const { message } = await faultOf(core.createApiToken(anna, input));
    expect(message).to.contain('Revoke');

    await core.revokeApiToken(anna, { id: (await listed(core, anna))[0]?.id ?? '' });
    await core.createApiToken(anna, { ...input, expiresInDays: 1 });
    expect(await codeOf(core.createApiToken(anna, input))).to.equal('validation_failed');
    core.clock.advance(DAY);
    const { apiToken } = await core.createApiToken(anna, input);
    expect(await listed(core, anna)).to.deep.equal([apiToken]);
  });

  it("asks for the actor's password, and creates nothing without", async () => {
    const { core, anna } = await aScene();
    for (const password of ['', 'Quiet-harbour-8', ACTOR_PASSWORD.toLowerCase(), `${ACTOR_PASSWORD} `]) {
      expect(await codeOf(core.createApiToken(anna, { ...input, password }))).to.equal('invalid_credentials');
    }
    expect(await listed(core, anna)).to.deep.equal([]);
  });

  it('counts wrong passwords with those of logging in, and slows down whoever guesses', async () => {
    const { core, anna } = await aScene();
    const address = '203.0.113.7';
    const wrong = { ...input, password: 'Quiet-harbour-8', address };
    for (let i = 0; i < 5; i += 1)
      expect(await codeOf(core.createApiToken(anna, wrong))).to.equal('invalid_credentials');
    expect(await codeOf(core.createApiToken(anna, { ...input, address }))).to.equal('rate_limited');
    const email = String((await core.users.find(anna.userId))?.email);
    const logIn = core.logIn({ email, password: ACTOR_PASSWORD, userAgent: null, address });
    expect(await codeOf(logIn)).to.equal('rate_limited');
    core.clock.advance(MINUTE);
    await core.createApiToken(anna, { ...input, address });
  });

  for (const what of ['its password changes', 'it is suspended'] as const) {
    it(`creates none for a user while ${what} meanwhile`, async () => {
      const { core, anna } = await aScene();
      const { provePassword } = core;
      const createApiToken = makeCreateApiToken({
        ...core,
        provePassword: async (actor, proof) => {
          const proven = await provePassword(actor, proof);
          if (what === 'it is suspended') await core.suspendUser(anna);
          else await core.resetPassword({ userId: anna.userId, password: 'Other-horse-8' });
          return proven;
        },
      });
      expect(await codeOf(createApiToken(anna, input))).to.equal('invalid_token');
      expect(await listed(core, anna)).to.deep.equal([]);
    });
  }
});

describe('an API token', () => {
  it('acts as its user, within its scopes and without a sign-in', async () => {
    const { core, anna } = await aScene();
    const { token, apiToken } = await core.createApiToken(anna, input);

    expect(await core.authenticate(token)).to.deep.equal({
      actor: { userId: anna.userId, signInId: null, apiTokenId: apiToken.id, scopes: ['campaigns:read', 'world:read'] },
      refreshSuggested: false,
    });
  });

  it('holds until the last millisecond of its days, and no longer', async () => {
    const { core, anna } = await aScene();
    const { apiToken, token } = await core.createApiToken(anna, { ...input, expiresInDays: 30 });
    expect(apiToken.expiresAt).to.deep.equal(new Date(core.clock.now().getTime() + 30 * DAY));

    core.clock.advance(30 * DAY - 1);
    await core.authenticate(token);
    core.clock.advance(1);
    expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
  });

  it('holds without an end when none was asked for', async () => {
    const { core, anna } = await aScene();
    const { token } = await core.createApiToken(anna, input);
    core.clock.advance(10 * 365 * DAY);

    expect((await core.authenticate(token)).actor.userId).to.equal(anna.userId);
  });

  it('is refused in the same words, whether it is unknown, expired or revoked', async () => {
    const { core, anna } = await aScene();
    const revoked = await core.createApiToken(anna, input);
    await core.revokeApiToken(anna, { id: revoked.apiToken.id });
    const expired = await core.createApiToken(anna, { ...input, expiresInDays: 1 });
    core.clock.advance(DAY);
    const faults = await Promise.all(
      [revoked.token, expired.token, 'lfv_unknown'].map((token) => faultOf(core.authenticate(token))),
    );

    expect(new Set(faults.map(({ code, message }) => `${code} ${message}`)).size).to.equal(1);
    expect(faults[0]?.code).to.equal('invalid_token');
  });

  it('is not known by its hash, which is all that a stolen database tells', async () => {
    const { core, anna } = await aScene();
    const { token } = await core.createApiToken(anna, input);

    expect(await codeOf(core.authenticate(core.secrets.hash(token) ?? ''))).to.equal('invalid_token');
  });

  it('outlives the sign-in that it was created in', async () => {
    const { core, anna } = await aScene();
    const { token } = await core.createApiToken(anna, input);
    await core.endSignIn(anna, { id: String(anna.signInId) });

    expect((await core.authenticate(token)).actor.userId).to.equal(anna.userId);
  });

  const endings: readonly (readonly [string, Act])[] = [
    [
      'the password is changed',
      (core, { userId }, keepApiTokens) =>
        core.changePassword(
          { userId, signInId: null, scopes: null },
          { currentPassword: ACTOR_PASSWORD, newPassword: 'Other-horse-8', address: null, keepApiTokens },
        ),
    ],
    [
      'the password is reset',
      (core, { userId }, keepApiTokens) => core.resetPassword({ userId, password: 'Other-horse-8', keepApiTokens }),
    ],
    [
      'its user logs out everywhere',
      (core, { userId }, keepApiTokens) =>
        core.logOutEverywhere({ userId, signInId: null, scopes: null }, { keepApiTokens }),
    ],
  ];
  for (const [what, act] of endings) {
    it(`ends when ${what}, unless it is to be kept, and nobody else's does`, async () => {
      const { core, anna } = await aScene();
      const berta = await core.newActor();
      const { token: others } = await core.createApiToken(berta, input);
      const { token } = await core.createApiToken(anna, input);
      await act(core, anna, true);
      await core.authenticate(token);
      await core.resetPassword({ userId: anna.userId, password: ACTOR_PASSWORD, keepApiTokens: true });
      await act(core, anna);
      expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
      await core.authenticate(others);
    });
  }
});

describe('revoking an API token', () => {
  it('ends it at once, and no other', async () => {
    const { core, anna } = await aScene();
    const kept = await core.createApiToken(anna, input);
    const { apiToken, token } = await core.createApiToken(anna, input);
    await core.revokeApiToken(anna, { id: apiToken.id });

    expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
    expect((await core.authenticate(kept.token)).actor.userId).to.equal(anna.userId);
    expect(await listed(core, anna)).to.deep.equal([kept.apiToken]);
  });

  it("finds neither an unknown token nor another user's nor a revoked one, in the same words", async () => {
    const { core, anna } = await aScene();
    const berta = await core.newActor();
    const { apiToken, token } = await core.createApiToken(anna, input);
    const own = await core.createApiToken(berta, input);
    await core.revokeApiToken(berta, { id: own.apiToken.id });
    const faults = await Promise.all(
      [apiToken.id, own.apiToken.id, uuid()].map((id) => faultOf(core.revokeApiToken(berta, { id }))),
    );

    expect(faults.map(({ code }) => code)).to.deep.equal(['not_found', 'not_found', 'not_found']);
    expect(new Set(faults.map(({ message }) => message)).size).to.equal(1);
    expect((await core.authenticate(token)).actor.userId).to.equal(anna.userId);
  });
});
