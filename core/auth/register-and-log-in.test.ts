import { expect } from 'chai';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import {
  COMMON_PASSWORD,
  type CoreFixture,
  MINUTE,
  DAY,
  makeCoreFixture,
} from '../../infrastructure/memory/core-fixture.ts';
import { makePrepareUser } from '../users/prepare-user.ts';
import { makeBeginSignIn } from './begin-sign-in.ts';
import { makeLogIn } from './log-in.ts';
import { makeRegister } from './register.ts';
import type { SignedIn } from './sign-in.ts';

const credentials = { email: 'anna@example.org', password: 'Secret-horse-7', userAgent: 'Firefox', address: null };
const account = { ...credentials, username: 'Anna' };

const signInsOf = async (core: CoreFixture, { user }: SignedIn): ReturnType<CoreFixture['listSignIns']> =>
  core.listSignIns({ userId: user.id, signInId: null, scopes: null }, { limit: 100, after: null });

describe('registering', () => {
  it('stores the user and begins a sign-in', async () => {
    const core = makeCoreFixture();
    const now = core.clock.now();
    const signedIn = await core.register({ ...account, email: ' ANNA@example.org ' });

    expect(signedIn.user).to.deep.include({ email: 'anna@example.org', username: 'Anna', version: 1 });
    expect(await core.users.find(signedIn.user.id)).to.deep.equal(signedIn.user);
    const { actor } = await core.authenticate(signedIn.token);
    expect(actor.userId).to.equal(signedIn.user.id);
    expect(await core.signIns.find(String(actor.signInId))).to.deep.equal({
      id: actor.signInId,
      userId: signedIn.user.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + 14 * DAY),
      userAgent: 'Firefox',
      endedAt: null,
    });
    expect((await core.refreshSignIn(signedIn)).token).to.be.a('string');
  });

  it('keeps a user agent of 255 characters, a longer one cut, and none as null', async () => {
    const core = makeCoreFixture();
    const agentOf = async (userAgent: string | null, name: string): Promise<unknown> => {
      const signedIn = await core.register({ ...account, email: `${name}@example.org`, username: name, userAgent });
      return (await signInsOf(core, signedIn)).items[0]?.signIn.userAgent;
    };

    expect(await agentOf('x'.repeat(255), 'anna')).to.equal('x'.repeat(255));
    expect(await agentOf(`${'x'.repeat(255)}y`, 'berta')).to.equal('x'.repeat(255));
    expect(await agentOf(null, 'clara')).to.equal(null);
  });

  it('refuses an e-mail address or a user name that is taken', async () => {
    const core = makeCoreFixture();
    await core.register(account);

    expect(await codeOf(core.register({ ...account, username: 'Berta' }))).to.equal('email_taken');
    expect(await codeOf(core.register({ ...account, email: 'berta@example.org', username: 'ANNA' }))).to.equal(
      'username_taken',
    );
  });

  it('refuses what is not valid and stores nothing', async () => {
    const core = makeCoreFixture();
    for (const wrong of [{ email: 'anna' }, { username: 'a b' }, { password: COMMON_PASSWORD }]) {
      expect(await codeOf(core.register({ ...account, ...wrong }))).to.equal('validation_failed');
    }
    expect(await core.users.findByEmail(account.email)).to.equal(null);
  });

  it('stores no user whose sign-in cannot begin', async () => {
    const core = makeCoreFixture();
    const beginSignIn = (): Promise<never> => Promise.reject(new Error('no key'));
    const failing = makeRegister({ ...core, registration: 'open', prepareUser: makePrepareUser(core), beginSignIn })(
      account,
    );

    expect(await failing.catch((error: unknown) => String(error))).to.equal('Error: no key');
    expect(await core.users.findByEmail(account.email)).to.equal(null);
  });

  it('takes one of 10 that register at once with the same e-mail address', async () => {
    const core = makeCoreFixture();
    const outcomes = await outcomesOf(
      Array.from({ length: 10 }, (_value, i) => core.register({ ...account, username: `anna${i}` })),
    );

    expect(outcomes).to.deep.equal({ done: 1, email_taken: 9 });
  });
});

describe('registering where it is not open', () => {
  for (const registration of ['invited', 'closed'] as const) {
    it(`is refused before anything is looked at: ${registration}`, async () => {
      const core = makeCoreFixture();
      const prepareUser = makePrepareUser(core);
      const beginSignIn = makeBeginSignIn(core);
      const register = makeRegister({ ...core, registration, prepareUser, beginSignIn });
      await core.createUser(account);
      for (const values of [{}, { email: 'new@example.org', username: 'Newcomer' }, { password: 'x' }, { email: '' }]) {
        const { code, message } = await faultOf(register({ ...account, ...values }));
        expect(code).to.equal('registration_closed');
        expect(message).to.include(registration === 'closed' ? 'Ask whoever runs this server' : 'Open the invite');
      }
      expect(await core.users.findByEmail('new@example.org')).to.equal(null);
      await core.logIn({ ...account, address: null });
    });
  }

  describe('but by an invite', () => {
    const scene = async (registration: 'open' | 'invited' | 'closed', maxUses: number | null = null) => {
      const core = makeCoreFixture();
      const { owner, campaignId } = await core.newParty();
      const { code } = await core.createInvite(owner, { campaignId, role: 'viewer', expiresInHours: 1, maxUses });
      const deps = { ...core, registration, prepareUser: makePrepareUser(core), beginSignIn: makeBeginSignIn(core) };
      return { core, owner, campaignId, code, register: makeRegister(deps) };
    };

    for (const registration of ['open', 'invited'] as const) {
      it(`lets in whoever has one, into its campaign as well: ${registration}`, async () => {
        const { core, campaignId, code, register } = await scene(registration);
        const { user } = await register({ ...account, inviteCode: code.toUpperCase() });
        expect((await core.members.find(campaignId, user.id))?.role).to.equal('viewer');
      });
    }

    it('lets in nobody where it is closed', async () => {
      const { code, register } = await scene('closed');
      expect(await codeOf(register({ ...account, inviteCode: code }))).to.equal('registration_closed');
    });

    it('lets in nobody by one that holds no more, and makes no account', async () => {
      const { core, owner, code, register } = await scene('invited', 1);
      for (const inviteCode of ['', 'dead'.repeat(8), code.slice(1)]) {
        const { details } = await faultOf(register({ ...account, inviteCode }));
        expect(details.map(({ field }) => field)).to.deep.equal(['inviteCode']);
      }
      await core.acceptInvite(await core.newActor(), { code });
      expect(await codeOf(register({ ...account, inviteCode: code }))).to.equal('invite_used_up');
      // Before all else: who is not let in learns nothing of who has an account.
      expect(await codeOf(register({ ...account, password: 'x', inviteCode: code }))).to.equal('invite_used_up');
      core.clock.advance(60 * MINUTE);
      expect(await codeOf(register({ ...account, inviteCode: code }))).to.equal('validation_failed');
      expect(await core.users.findByEmail(account.email)).to.equal(null);
      await core.revokeInvite(owner, { code });
    });

    it('takes one of ten at once where one may come', async () => {
      const { code, register } = await scene('invited', 1);
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, (_, i) =>
          register({ ...account, email: `anna${i}@example.org`, username: `anna${i}`, inviteCode: code }),
        ),
      );
      expect(outcomes).to.deep.equal({ done: 1, invite_used_up: 9 });
    });
  });
});

describe('logging in', () => {
  it('succeeds although what is over cannot be cleared away', async () => {
    const core = makeCoreFixture();
    await core.register({ ...account, userAgent: null });
    const signIns = { ...core.signIns, prune: () => Promise.reject(new Error('the disk is full')) };
    const beginSignIn = makeBeginSignIn({ ...core, signIns });
    const logIn = makeLogIn({ ...core, signIns, beginSignIn });
    await logIn({ email: account.email, password: account.password, userAgent: null, address: null });
  });

  it('begins another sign-in, by e-mail address in whatever case', async () => {
    const core = makeCoreFixture();
    const registered = await core.register(account);
    const signedIn = await core.logIn({ ...credentials, email: ' ANNA@Example.org ' });

    expect(signedIn.user).to.deep.equal(registered.user);
    expect(signedIn.refreshToken).not.to.equal(registered.refreshToken);
    expect((await signInsOf(core, signedIn)).items).to.have.lengthOf(2);
    expect((await core.authenticate(signedIn.token)).actor.userId).to.equal(registered.user.id);
  });

  it('refuses a wrong password and an unknown account in the same words, and begins nothing', async () => {
    const core = makeCoreFixture();
    const registered = await core.register(account);
    const wrong = await faultOf(core.logIn({ ...credentials, password: 'Secret-horse-8' }));
    const unknown = await faultOf(core.logIn({ ...credentials, email: 'nobody@example.org' }));

    expect(wrong.code).to.equal('invalid_credentials');
    expect([wrong.code, wrong.message, wrong.details]).to.deep.equal([unknown.code, unknown.message, unknown.details]);
    expect((await signInsOf(core, registered)).items).to.have.lengthOf(1);
  });

  it('takes the password as it is: neither trimmed nor in another case', async () => {
    const core = makeCoreFixture();
    await core.register(account);

    for (const password of [` ${account.password}`, account.password.toUpperCase(), '']) {
      expect(await codeOf(core.logIn({ ...credentials, password }))).to.equal('invalid_credentials');
    }
  });

  it('verifies once, against nothing when the account is unknown, so that time tells nothing', async () => {
    const core = makeCoreFixture();
    const { user } = await core.register(account);
    await codeOf(core.logIn({ ...credentials, email: 'nobody@example.org' }));
    await codeOf(core.logIn({ ...credentials, password: 'Secret-horse-8' }));

    expect(core.hasher.verified).to.deep.equal([null, user.passwordHash]);
  });

  it('does not store a hash again that is strong enough', async () => {
    const core = makeCoreFixture();
    const { user } = await core.register(account);
    await core.logIn(credentials);

    expect(await core.users.find(user.id)).to.deep.equal(user);
  });

  it('stores a stronger hash when the stored one is outdated, and answers the user as it is now', async () => {
    const core = makeCoreFixture();
    const { user } = await core.register(account);
    core.hasher.strengthen();
    core.clock.advance(MINUTE);
    const signedIn = await core.logIn(credentials);

    const stored = await core.users.find(user.id);
    expect(stored).to.deep.equal({
      ...user,
      passwordHash: await core.hasher.hash(account.password),
      updatedAt: core.clock.now(),
      version: 2,
    });
    expect(core.hasher.isOutdated(String(stored?.passwordHash))).to.equal(false);
    expect(signedIn.user).to.deep.equal(stored);
  });

  it('does not strengthen the hash of a wrong password', async () => {
    const core = makeCoreFixture();
    const { user } = await core.register(account);
    core.hasher.strengthen();
    await codeOf(core.logIn({ ...credentials, password: 'Secret-horse-8' }));

    expect(await core.users.find(user.id)).to.deep.equal(user);
  });

  it('lets 5 log in at once although the first of them strengthens the hash', async () => {
    const core = makeCoreFixture();
    const { user } = await core.register(account);
    core.hasher.strengthen();

    expect(await outcomesOf(Array.from({ length: 5 }, () => core.logIn(credentials)))).to.deep.equal({ done: 5 });
    expect((await core.users.find(user.id))?.version).to.equal(2);
  });

  it('refuses a password that is changed while it is checked', async () => {
    const core = makeCoreFixture();
    const registered = await core.register(account);
    const { actor } = await core.authenticate(registered.token);
    const hasher = {
      ...core.hasher,
      verify: async (password: string, hash: string | null) => {
        const correct = await core.hasher.verify(password, hash);
        if (correct) {
          await core.changePassword(actor, { currentPassword: password, newPassword: 'Other-horse-8', address: null });
        }
        return correct;
      },
    };
    const logIn = makeLogIn({ ...core, hasher, beginSignIn: makeBeginSignIn(core) });

    expect(await codeOf(logIn(credentials))).to.equal('invalid_credentials');
    expect((await signInsOf(core, registered)).items).to.have.lengthOf(1);
  });
});
