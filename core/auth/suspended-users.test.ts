import { actorOf } from '../../infrastructure/contracts/builders.ts';
import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { COMMON_PASSWORD, type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { SignedIn } from './sign-in.ts';

const credentials = { email: 'anna@example.org', password: 'Secret-horse-7', userAgent: null, address: null };

interface Scene {
  readonly core: CoreFixture;
  readonly userId: string;
  /** Anna's, and Berta's. */
  readonly signedIn: SignedIn;
  readonly foreign: SignedIn;
  readonly apiToken: string;
  /** How each way in ends: `done` or the code of its fault. */
  waysIn(): Promise<Record<'access' | 'refresh' | 'apiToken' | 'logIn', string>>;
}

async function aScene(): Promise<Scene> {
  const core = makeCoreFixture();
  const signedIn = await core.register({ ...credentials, username: 'Anna' });
  const foreign = await core.register({ ...credentials, email: 'berta@example.org', username: 'Berta' });
  const { actor } = await core.authenticate(signedIn.token);
  const { token: apiToken } = await core.createApiToken(actor, {
    name: 'Script',
    scopes: ['world:read'],
    password: credentials.password,
    address: null,
  });
  const outcome = async (work: Promise<unknown>): Promise<string> => Object.keys(await outcomesOf([work])).join();
  return {
    core,
    userId: actor.userId,
    signedIn,
    foreign,
    apiToken,
    waysIn: async () => ({
      access: await outcome(core.authenticate(signedIn.token)),
      refresh: await outcome(core.refreshSignIn(signedIn)),
      apiToken: await outcome(core.authenticate(apiToken)),
      logIn: await outcome(core.logIn(credentials)),
    }),
  };
}

const SHUT = {
  access: 'invalid_token',
  refresh: 'invalid_token',
  apiToken: 'invalid_token',
  logIn: 'invalid_credentials',
};

describe('suspending a user', () => {
  it('shuts every way in at once', async () => {
    const { core, userId, waysIn } = await aScene();
    expect(await waysIn()).to.deep.equal({ access: 'done', refresh: 'done', apiToken: 'done', logIn: 'done' });
    const user = await core.suspendUser({ userId });

    expect(await waysIn()).to.deep.equal(SHUT);
    expect(user).to.deep.include({ id: userId, status: 'suspended', updatedAt: core.clock.now() });
    expect(await core.users.find(userId)).to.deep.equal(user);
  });

  it('shuts nobody else out', async () => {
    const { core, userId, foreign } = await aScene();
    await core.suspendUser({ userId });

    expect((await core.authenticate(foreign.token)).actor.userId).to.equal(foreign.user.id);
    await core.refreshSignIn(foreign);
    await core.logIn({ ...credentials, email: 'berta@example.org' });
  });

  it('shuts out a log-in whose password was being checked meanwhile', async () => {
    const { core, userId } = await aScene();
    // Either the log-in is first and its sign-in ends with the others, or it is refused.
    const [outcomes] = await Promise.all([outcomesOf([core.logIn(credentials)]), core.suspendUser({ userId })]);
    const { items } = await core.signInQueries.list(actorOf(userId), core.clock.now(), { limit: 100, after: null });

    expect(outcomes).to.deep.equal({ invalid_credentials: 1 });
    expect(items).to.deep.equal([]);
  });

  it('tells a suspended user the same as anybody with a wrong password', async () => {
    const { core, userId } = await aScene();
    await core.suspendUser({ userId });
    const before = core.hasher.verified.length;
    const faults = await Promise.all([
      faultOf(core.logIn(credentials)),
      faultOf(core.logIn({ ...credentials, password: 'Wrong-horse-1' })),
      faultOf(core.logIn({ ...credentials, email: 'nobody@example.org' })),
    ]);

    expect(new Set(faults.map(({ code, message }) => `${code} ${message}`)).size).to.equal(1);
    // After the same work, too.
    expect(core.hasher.verified.length - before).to.equal(3);
  });

  it('changes nothing a second time, and keeps the password and the tokens', async () => {
    const { core, userId } = await aScene();
    const first = await core.suspendUser({ userId });
    core.clock.advance(1000);

    expect(await core.suspendUser({ userId })).to.deep.equal(first);
    expect(first.passwordHash).to.equal(await core.hasher.hash(credentials.password));
    expect((await core.apiTokenQueries.list(actorOf(userId), { limit: 10, after: null })).items).to.have.lengthOf(1);
  });

  it('finds no unknown user', async () => {
    const { core } = await aScene();

    expect(await codeOf(core.suspendUser({ userId: uuid() }))).to.equal('not_found');
    expect(await codeOf(core.activateUser({ userId: uuid() }))).to.equal('not_found');
  });
});

describe('activating a user', () => {
  it('opens the log-in and the API tokens again, and none of the sign-ins that ended', async () => {
    const { core, userId, waysIn } = await aScene();
    await core.suspendUser({ userId });
    core.clock.advance(1000);
    const user = await core.activateUser({ userId });

    expect(await waysIn()).to.deep.equal({ ...SHUT, apiToken: 'done', logIn: 'done' });
    expect(user).to.deep.include({ id: userId, status: 'active', updatedAt: core.clock.now(), version: 3 });
    expect(await core.users.find(userId)).to.deep.equal(user);
  });

  it('changes nothing of an active user', async () => {
    const { core, userId, waysIn } = await aScene();
    const before = await core.users.find(userId);
    core.clock.advance(1000);

    expect(await core.activateUser({ userId })).to.deep.equal(before);
    expect(await waysIn()).to.include({ access: 'done', refresh: 'done' });
  });
});

describe('resetting a password', () => {
  const password = 'Other-horse-8';

  it('ends every sign-in of the user, and lets in with the new password only', async () => {
    const { core, userId, foreign, waysIn } = await aScene();
    await core.resetPassword({ userId, password });

    expect(await waysIn()).to.deep.equal(SHUT);
    expect((await core.logIn({ ...credentials, password })).user.id).to.equal(userId);
    await core.authenticate(foreign.token);
    await core.logIn({ ...credentials, email: 'berta@example.org' });
  });

  it('does not let a suspended user in', async () => {
    const { core, userId, waysIn } = await aScene();
    await core.suspendUser({ userId });
    await core.resetPassword({ userId, password });

    expect(await waysIn()).to.deep.equal(SHUT);
    expect(await codeOf(core.logIn({ ...credentials, password }))).to.equal('invalid_credentials');
  });

  it('holds the new password to the rules, and changes nothing where it breaks them', async () => {
    const { core, userId, waysIn } = await aScene();
    for (const poor of ['short', COMMON_PASSWORD, 'Anna@example.org1'.slice(0, 16)]) {
      const { code, details } = await faultOf(core.resetPassword({ userId, password: poor }));
      expect([code, details[0]?.field], poor).to.deep.equal(['validation_failed', 'password']);
    }

    expect(await waysIn()).to.deep.equal({ access: 'done', refresh: 'done', apiToken: 'done', logIn: 'done' });
  });

  it('finds no unknown user', async () => {
    const { core } = await aScene();

    expect(await codeOf(core.resetPassword({ userId: uuid(), password }))).to.equal('not_found');
  });
});
