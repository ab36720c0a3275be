import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { ACCESS_TOKEN_LIFETIME, type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';

async function aScene(): Promise<{
  readonly core: CoreFixture;
  readonly token: string;
  readonly userId: string;
  readonly signInId: string;
}> {
  const core = makeCoreFixture();
  const { userId, signInId } = await core.newActor();
  const id = String(signInId);
  return { core, userId, signInId: id, token: await core.accessTokens.sign({ id, userId }, core.clock.now()) };
}

describe('authenticating', () => {
  it('tells who holds a new token', async () => {
    const { core, token, userId, signInId } = await aScene();

    expect(await core.authenticate(token)).to.deep.equal({
      actor: { userId, signInId, scopes: null },
      refreshSuggested: false,
    });
  });

  it('suggests to refresh past half the life of the token, and not before', async () => {
    const { core, token } = await aScene();
    core.clock.advance(ACCESS_TOKEN_LIFETIME / 2);
    expect((await core.authenticate(token)).refreshSuggested).to.equal(false);
    core.clock.advance(1);
    expect((await core.authenticate(token)).refreshSuggested).to.equal(true);
  });

  it('takes a token until it expires', async () => {
    const { core, token } = await aScene();
    core.clock.advance(ACCESS_TOKEN_LIFETIME - 1);
    expect((await core.authenticate(token)).refreshSuggested).to.equal(true);
    core.clock.advance(1);
    expect(await codeOf(core.authenticate(token))).to.equal('token_expired');
  });

  it('refuses what is no token', async () => {
    const { core } = await aScene();

    expect(await codeOf(core.authenticate('nonsense'))).to.equal('invalid_token');
    expect(await codeOf(core.authenticate(''))).to.equal('invalid_token');
  });

  it('refuses a token whose sign-in has ended, from that moment on', async () => {
    const { core, token, signInId } = await aScene();
    await core.signIns.end(signInId, core.clock.now());

    expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
  });

  it('refuses a token whose sign-in has expired', async () => {
    const { core, userId, signInId } = await aScene();
    const expiresAt = (await core.signIns.find(signInId))?.expiresAt;
    if (expiresAt === undefined) throw new Error('The sign-in is there.');
    core.clock.set(new Date(expiresAt.getTime() - 1));
    const token = await core.accessTokens.sign({ id: signInId, userId }, core.clock.now());

    expect((await core.authenticate(token)).actor.userId).to.equal(userId);
    core.clock.set(expiresAt);
    expect(await codeOf(core.authenticate(token))).to.equal('invalid_token');
  });

  it('refuses a token for a sign-in that is unknown, or of another user', async () => {
    const { core, userId, signInId } = await aScene();
    const other = await core.newActor();
    const now = core.clock.now();

    for (const claims of [
      { id: uuid(), userId },
      { id: signInId, userId: other.userId },
    ]) {
      expect(await codeOf(core.authenticate(await core.accessTokens.sign(claims, now)))).to.equal('invalid_token');
    }
  });
});
