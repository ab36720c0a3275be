import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import {
  COMMON_PASSWORD,
  type CoreFixture,
  MINUTE,
  SIGN_IN_LIFETIME,
  makeCoreFixture,
} from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import { makeChangePassword } from './change-password.ts';
import type { SignedIn } from './sign-in.ts';

const credentials = { email: 'anna@example.org', password: 'Secret-horse-7', userAgent: null, address: null };

interface Device extends SignedIn {
  readonly actor: Actor;
  readonly signInId: string;
  /** Whether its access token and its refresh token work; both or neither. */
  works(): Promise<boolean>;
}

interface Scene {
  readonly core: CoreFixture;
  /** Two sign-ins of Anna and one of Berta. */
  readonly laptop: Device;
  readonly phone: Device;
  readonly foreign: Device;
}

async function aScene(): Promise<Scene> {
  const core = makeCoreFixture();
  const device = async (signedIn: SignedIn): Promise<Device> => {
    const { actor } = await core.authenticate(signedIn.token);
    const works = async (): Promise<boolean> => {
      const authenticated = core.authenticate(signedIn.token);
      const refreshed = core.refreshSignIn(signedIn);
      const outcomes = await Promise.allSettled([authenticated, refreshed]);
      const states = outcomes.map(({ status }) => status);
      expect(states[0]).to.equal(states[1]);
      if (states[0] === 'rejected') expect(await codeOf(authenticated)).to.equal('invalid_token');
      if (states[1] === 'rejected') expect(await codeOf(refreshed)).to.equal('invalid_token');
      return states[0] === 'fulfilled';
    };
    return { ...signedIn, actor, signInId: String(actor.signInId), works };
  };
  return {
    core,
    laptop: await device(await core.register({ ...credentials, username: 'Anna' })),
    phone: await device(await core.logIn(credentials)),
    foreign: await device(await core.register({ ...credentials, email: 'berta@example.org', username: 'Berta' })),
  };
}

const working = ({ laptop, phone, foreign }: Scene): Promise<readonly boolean[]> =>
  Promise.all([laptop.works(), phone.works(), foreign.works()]);

describe('logging out', () => {
  it('ends the sign-in of the token and no other', async () => {
    const scene = await aScene();
    await scene.core.logOut(scene.laptop);

    expect(await working(scene)).to.deep.equal([false, true, true]);
  });

  it('ends the sign-in by a token that was rotated already', async () => {
    const scene = await aScene();
    const { refreshToken } = await scene.core.refreshSignIn(scene.laptop);
    await scene.core.logOut(scene.laptop);

    expect(await codeOf(scene.core.refreshSignIn({ refreshToken }))).to.equal('invalid_token');
  });

  it('takes an unknown token and a second time for done', async () => {
    const scene = await aScene();
    await scene.core.logOut({ refreshToken: 'unknown' });
    await scene.core.logOut(scene.laptop);
    const ended = await scene.core.signIns.find(scene.laptop.signInId);
    scene.core.clock.advance(MINUTE);
    await scene.core.logOut(scene.laptop);

    expect(await scene.core.signIns.find(scene.laptop.signInId)).to.deep.equal(ended);
    expect(await working(scene)).to.deep.equal([false, true, true]);
  });
});

describe('logging out everywhere', () => {
  it('ends every sign-in of the actor and those of nobody else', async () => {
    const scene = await aScene();
    await scene.core.logOutEverywhere(scene.laptop.actor, {});

    expect(await working(scene)).to.deep.equal([false, false, true]);
  });
});

describe('ending a sign-in', () => {
  it('ends another sign-in of the actor', async () => {
    const scene = await aScene();
    await scene.core.endSignIn(scene.laptop.actor, { id: scene.phone.signInId });

    expect(await working(scene)).to.deep.equal([true, false, true]);
  });

  it('ends the one that asks', async () => {
    const scene = await aScene();
    await scene.core.endSignIn(scene.laptop.actor, { id: scene.laptop.signInId });

    expect(await working(scene)).to.deep.equal([false, true, true]);
  });

  it('finds none of another user, none that is unknown, none that has ended', async () => {
    const scene = await aScene();
    const end = (id: string): Promise<void> => scene.core.endSignIn(scene.laptop.actor, { id });
    await end(scene.phone.signInId);

    expect(await codeOf(end(scene.foreign.signInId))).to.equal('not_found');
    expect(await codeOf(end(uuid()))).to.equal('not_found');
    expect(await codeOf(end(scene.phone.signInId))).to.equal('not_found');
    expect(await working(scene)).to.deep.equal([true, false, true]);
  });

  it('finds none that has expired', async () => {
    const { core, laptop, phone } = await aScene();
    core.clock.advance(SIGN_IN_LIFETIME);

    expect(await codeOf(core.endSignIn(laptop.actor, { id: phone.signInId }))).to.equal('not_found');
  });
});

describe('listing sign-ins', () => {
  it('names those of the actor that live, last used first, and which of them asks', async () => {
    const { core, laptop, phone } = await aScene();
    const list = async (actor: Actor): Promise<unknown> => {
      const { items } = await core.listSignIns(actor, { limit: 20, after: null });
      return items.map(({ signIn, current }) => [signIn.id, current]);
    };
    core.clock.advance(MINUTE);
    await core.refreshSignIn(phone);
    expect(await list(laptop.actor)).to.deep.equal([
      [phone.signInId, false],
      [laptop.signInId, true],
    ]);

    await core.logOut(phone);
    expect(await list(laptop.actor)).to.deep.equal([[laptop.signInId, true]]);
    expect(await list({ userId: laptop.user.id, signInId: null, scopes: null })).to.deep.equal([
      [laptop.signInId, false],
    ]);
  });
});

describe('changing the password', () => {
  const change = { currentPassword: credentials.password, newPassword: 'Other-horse-8', address: null };

  it('stores the hash of the new one', async () => {
    const { core, laptop } = await aScene();
    core.clock.advance(MINUTE);
    await core.changePassword(laptop.actor, change);

    expect(await core.users.find(laptop.user.id)).to.deep.equal({
      ...laptop.user,
      passwordHash: await core.hasher.hash(change.newPassword),
      updatedAt: core.clock.now(),
      version: 2,
    });
    expect(await codeOf(core.logIn(credentials))).to.equal('invalid_credentials');
    await core.logIn({ ...credentials, password: change.newPassword });
  });

  it('keeps the sign-in that asks and ends the others of the actor', async () => {
    const scene = await aScene();
    await scene.core.changePassword(scene.laptop.actor, change);

    expect(await working(scene)).to.deep.equal([true, false, true]);
  });

  it('ends all sign-ins of the actor when it is asked by the command line', async () => {
    const scene = await aScene();
    await scene.core.changePassword({ userId: scene.laptop.user.id, signInId: null, scopes: null }, change);

    expect(await working(scene)).to.deep.equal([false, false, true]);
  });

  it('refuses a wrong current password, and changes nothing', async () => {
    const scene = await aScene();
    const { core, laptop } = scene;
    const wrong = core.changePassword(laptop.actor, { ...change, currentPassword: 'Secret-horse-8' });

    expect(await codeOf(wrong)).to.equal('invalid_credentials');
    expect(await core.users.find(laptop.user.id)).to.deep.equal(laptop.user);
    expect(await working(scene)).to.deep.equal([true, true, true]);
  });

  it('refuses a new password that is against the rule, and changes nothing', async () => {
    const scene = await aScene();
    const { core, laptop } = scene;
    for (const newPassword of ['short', 'secret-horse-7', 'Secret-horse', COMMON_PASSWORD, 'ANNA@example.org']) {
      const { code, details } = await faultOf(core.changePassword(laptop.actor, { ...change, newPassword }));
      expect(code).to.equal('validation_failed');
      expect(details.map(({ field }) => field)).to.deep.equal(['newPassword']);
    }
    expect(await core.users.find(laptop.user.id)).to.deep.equal(laptop.user);
    expect(await working(scene)).to.deep.equal([true, true, true]);
  });

  it('says nothing of the new password to who does not know the current one', async () => {
    const { core, laptop } = await aScene();
    const wrong = core.changePassword(laptop.actor, { currentPassword: 'wrong', newPassword: 'short', address: null });

    expect(await codeOf(wrong)).to.equal('invalid_credentials');
  });

  it('refuses an actor whose account is not there, after the same work', async () => {
    const { core } = await aScene();
    const before = core.hasher.verified.length;

    expect(await codeOf(core.changePassword({ userId: uuid(), signInId: null, scopes: null }, change))).to.equal(
      'invalid_credentials',
    );
    expect(core.hasher.verified.slice(before)).to.deep.equal([null]);
  });

  it('refuses the second of two that change it at once', async () => {
    const { core, laptop, phone } = await aScene();
    const hasher = {
      ...core.hasher,
      hash: async (password: string) => {
        await core.changePassword(phone.actor, { ...change, newPassword: 'Third-horse-9' });
        return core.hasher.hash(password);
      },
    };
    const changePassword = makeChangePassword({ ...core, hasher });

    const fromHere = { userId: laptop.user.id, signInId: null, scopes: null };

    expect(await codeOf(changePassword(laptop.actor, change))).to.equal('invalid_token');
    expect(await codeOf(changePassword(fromHere, change))).to.equal('invalid_credentials');
    await core.logIn({ ...credentials, password: 'Third-horse-9' });
    expect(await phone.works()).to.equal(true);
  });
});
