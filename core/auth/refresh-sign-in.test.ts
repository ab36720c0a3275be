import { expect } from 'chai';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { DAY, type CoreFixture, SIGN_IN_LIFETIME, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';

interface Scene {
  readonly core: CoreFixture;
  readonly userId: string;
  readonly signInId: string;
  /** The first token of the sign-in. */
  readonly first: string;
  /** Rotates a token and answers its successor. */
  rotate(token: string): Promise<string>;
  /** How an attempt to refresh ends: `done` or the code of its fault. */
  attempt(token: string): Promise<string>;
  isOver(): Promise<boolean>;
}

async function aScene(): Promise<Scene> {
  const core = makeCoreFixture();
  const signedIn = await core.register({
    email: 'anna@example.org',
    username: 'Anna',
    password: 'Secret-horse-7',
    userAgent: null,
  });
  const { actor } = await core.authenticate(signedIn.token);
  const signInId = String(actor.signInId);
  const rotate: Scene['rotate'] = async (token) => (await core.refreshSignIn({ refreshToken: token })).refreshToken;
  return {
    core,
    userId: actor.userId,
    signInId,
    first: signedIn.refreshToken,
    rotate,
    attempt: async (token) => Object.keys(await outcomesOf([rotate(token)])).join(),
    isOver: async () => {
      const signIn = await core.signIns.find(signInId);
      return signIn?.endedAt !== null;
    },
  };
}

describe('refreshing a sign-in', () => {
  it('gives another refresh token and an access token of the present moment', async () => {
    const { core, first, userId, signInId } = await aScene();
    core.clock.advance(60_000);
    const pair = await core.refreshSignIn({ refreshToken: first });

    expect(pair.refreshToken).not.to.equal(first);
    expect(await core.accessTokens.verify(pair.token, core.clock.now())).to.deep.include({
      userId,
      signInId,
      issuedAt: core.clock.now(),
    });
    expect((await core.signIns.find(signInId))?.lastUsedAt).to.deep.equal(core.clock.now());
  });

  it('goes on and on, each token once', async () => {
    const { core, first, rotate, isOver } = await aScene();
    const tokens = [first];
    let token = first;
    for (let i = 0; i < 5; i += 1) {
      core.clock.advance(600_000);
      token = await rotate(token);
      tokens.push(token);
    }

    expect(new Set(tokens).size).to.equal(6);
    expect(await isOver()).to.equal(false);
  });

  it('refuses an unknown token, and one that is empty', async () => {
    const { attempt, isOver } = await aScene();

    expect(await attempt('unknown')).to.equal('invalid_token');
    expect(await attempt('')).to.equal('invalid_token');
    expect(await isOver()).to.equal(false);
  });

  it('refuses the hash of a token, which is all that a stolen database tells', async () => {
    const { core, attempt, first } = await aScene();

    expect(await attempt(core.refreshTokens.hash(first))).to.equal('invalid_token');
  });

  it('lasts until the sign-in expires, which no rotation puts off', async () => {
    const { core, first, rotate, attempt } = await aScene();
    core.clock.advance(13 * DAY);
    const second = await rotate(first);
    core.clock.advance(13 * DAY);
    const third = await rotate(second);
    core.clock.advance(SIGN_IN_LIFETIME - 26 * DAY - 1);
    const fourth = await rotate(third);
    core.clock.advance(1);

    expect(await attempt(fourth)).to.equal('invalid_token');
  });

  it('lasts for 14 days without being refreshed, and no longer', async () => {
    const { core, first, rotate, attempt } = await aScene();
    core.clock.advance(14 * DAY - 1);
    const second = await rotate(first);
    core.clock.advance(14 * DAY);

    expect(await attempt(second)).to.equal('invalid_token');
  });

  it('refuses every token of a sign-in that has ended, as invalid and not as reused', async () => {
    const { core, first, rotate, attempt } = await aScene();
    const second = await rotate(first);
    await core.logOut({ refreshToken: second });
    core.clock.advance(60_000);

    expect(await attempt(second)).to.equal('invalid_token');
    expect(await attempt(first)).to.equal('invalid_token');
  });
});

describe('replaying a refresh token', () => {
  it('gives the same successor within 10 s while that is unused', async () => {
    const { core, first, rotate, isOver } = await aScene();
    const second = await rotate(first);
    core.clock.advance(4_000);
    expect(await rotate(first)).to.equal(second);
    core.clock.advance(4_000);
    expect(await rotate(first)).to.equal(second);

    expect(await rotate(second)).not.to.equal(second);
    expect(await isOver()).to.equal(false);
  });

  it('gives an access token that works along with the same successor', async () => {
    const { core, first, rotate, userId, signInId } = await aScene();
    await rotate(first);
    const { token } = await core.refreshSignIn({ refreshToken: first });

    expect((await core.authenticate(token)).actor).to.deep.equal({ userId, signInId, scopes: null });
  });

  it('counts the 10 s from the rotation, not from the last replay', async () => {
    const { core, first, rotate, attempt } = await aScene();
    await rotate(first);
    core.clock.advance(9_000);
    await rotate(first);
    core.clock.advance(2_000);

    expect(await attempt(first)).to.equal('refresh_token_reused');
  });

  it('is refused without consequences within 10 s once the successor is used', async () => {
    const { core, first, rotate, attempt, isOver } = await aScene();
    const second = await rotate(first);
    const third = await rotate(second);
    core.clock.advance(5_000);

    expect(await attempt(first)).to.equal('invalid_token');
    expect(await isOver()).to.equal(false);
    expect(await attempt(third)).to.equal('done');
  });

  it('is taken for a lost answer at exactly 10,000 ms', async () => {
    const { core, first, rotate, isOver } = await aScene();
    const second = await rotate(first);
    core.clock.advance(10_000);

    expect(await rotate(first)).to.equal(second);
    expect(await isOver()).to.equal(false);
  });

  it('is taken for a theft at 10,001 ms, though the successor is unused', async () => {
    const { core, first, rotate, attempt, isOver } = await aScene();
    await rotate(first);
    core.clock.advance(10_001);

    expect(await attempt(first)).to.equal('refresh_token_reused');
    expect(await isOver()).to.equal(true);
  });

  it('is taken for a lost answer for no longer when the clock is set back', async () => {
    for (const [back, outcome] of [
      [1, 'done'],
      [10_000, 'done'],
      [10_001, 'refresh_token_reused'],
      [3_600_000, 'refresh_token_reused'],
      [DAY, 'refresh_token_reused'],
    ] as const) {
      const { core, first, rotate, attempt } = await aScene();
      core.clock.advance(2 * DAY);
      await rotate(first);
      core.clock.advance(-back);
      expect(await attempt(first), `${back} ms`).to.equal(outcome);
    }
  });

  it('ends the whole sign-in after 10 s: even the newest token and the access token are dead', async () => {
    const { core, first, rotate, attempt } = await aScene();
    const second = await rotate(first);
    const { token, refreshToken: third } = await core.refreshSignIn({ refreshToken: second });
    core.clock.advance(10_001);
    expect(await attempt(first)).to.equal('refresh_token_reused');

    expect(await attempt(third)).to.equal('invalid_token');
    expect(await attempt(second)).to.equal('invalid_token');
    expect(await attempt(first)).to.equal('invalid_token');
    expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
  });

  it('is invalid, neither answered nor taken for a theft, once the sign-in has expired', async () => {
    const { core, first, rotate, attempt } = await aScene();
    await rotate(first);
    core.clock.advance(14 * DAY);
    expect(await attempt(first)).to.equal('invalid_token');
    core.clock.advance(10_001);
    expect(await attempt(first)).to.equal('invalid_token');
  });

  it('tells in words which of the two it was', async () => {
    const { core, first, rotate } = await aScene();
    await rotate(first);
    core.clock.advance(10_001);

    const reused = await faultOf(core.refreshSignIn({ refreshToken: first }));
    const invalid = await faultOf(core.refreshSignIn({ refreshToken: first }));
    expect([reused.code, reused.message]).to.deep.equal([
      'refresh_token_reused',
      'This refresh token was used before, so its sign-in was ended. Log in again.',
    ]);
    expect([invalid.code, invalid.message]).to.deep.equal([
      'invalid_token',
      'This refresh token is not valid. Log in again.',
    ]);
  });

  it('ends no other sign-in of the user', async () => {
    const { core, first, rotate, attempt } = await aScene();
    const other = await core.logIn({
      email: 'anna@example.org',
      password: 'Secret-horse-7',
      userAgent: null,
      address: null,
    });
    await rotate(first);
    core.clock.advance(10_001);
    expect(await attempt(first)).to.equal('refresh_token_reused');

    expect(await attempt(other.refreshToken)).to.equal('done');
  });

  it('does not hand out a successor that nobody was given, when the key has changed since', async () => {
    const { core, first, rotate, attempt, isOver } = await aScene();
    const second = await rotate(first);
    core.refreshTokens.changeKey();
    core.refreshTokens.forgetPreviousKey();

    expect(await attempt(first)).to.equal('invalid_token');
    expect(await isOver()).to.equal(false);
    expect(await attempt(second)).to.equal('done');
  });

  it("gives the same successor again when the server's key was changed in between", async () => {
    const { core, first, rotate, attempt, isOver } = await aScene();
    const second = await rotate(first);
    core.refreshTokens.changeKey();

    expect(await rotate(first)).to.equal(second);
    const third = await rotate(second);
    expect(await attempt(first)).to.equal('invalid_token');
    expect(await rotate(second)).to.equal(third);
    expect(await isOver()).to.equal(false);
  });

  it('gives 20 callers at once one and the same successor', async () => {
    const { first, rotate } = await aScene();
    const successors = await Promise.all(Array.from({ length: 20 }, () => rotate(first)));

    expect(new Set(successors).size).to.equal(1);
  });
});
