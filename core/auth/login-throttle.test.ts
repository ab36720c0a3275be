import { expect } from 'chai';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { type CoreFixture, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';

const email = 'anna@example.org';
const password = 'Secret-horse-7';
const SECOND = 1000;

const tryFrom = (core: CoreFixture, address: string | null, account = email, secret = 'Wrong-horse-7') =>
  core.logIn({ email: account, password: secret, userAgent: null, address });

async function registered(): Promise<CoreFixture> {
  const core = makeCoreFixture();
  await core.register({ email, username: 'Anna', password, userAgent: null });
  return core;
}

/** Fails as often as told, waiting each time as long as asked. */
async function failFrom(core: CoreFixture, address: string, times: number, account = email): Promise<void> {
  for (let count = 0; count < times; count += 1) await failOnce(core, address, account);
}

async function failOnce(core: CoreFixture, address: string, account: string): Promise<void> {
  const fault = await faultOf(tryFrom(core, address, account));
  if (fault.code === 'invalid_credentials') return;
  core.clock.advance((fault.retryAfterSeconds ?? 0) * SECOND);
  expect(await codeOf(tryFrom(core, address, account))).to.equal('invalid_credentials');
}

async function waitFrom(core: CoreFixture, address: string, account = email): Promise<number | null> {
  return (await faultOf(tryFrom(core, address, account))).retryAfterSeconds;
}

describe('the throttle of logging in', () => {
  it('lets an account fail five times from an address, then asks for one second, and for twice as long each time', async () => {
    const core = await registered();
    await failFrom(core, 'here', 5);

    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      const fault = await faultOf(tryFrom(core, 'here'));
      expect([fault.code, fault.retryAfterSeconds]).to.deep.equal(['rate_limited', seconds]);
      core.clock.advance(seconds * SECOND - 1);
      expect(await waitFrom(core, 'here')).to.equal(1);
      core.clock.advance(1);
      expect(await codeOf(tryFrom(core, 'here'))).to.equal('invalid_credentials');
    }
  });

  it('computes no hash and looks for no account while it asks to wait', async () => {
    const core = await registered();
    await failFrom(core, 'here', 5);
    const { length } = core.hasher.verified;
    await codeOf(tryFrom(core, 'here'));
    await codeOf(tryFrom(core, 'here', email, password));

    expect(core.hasher.verified).to.have.lengthOf(length);
  });

  it('is no stricter with who tries while it asks to wait', async () => {
    const core = await registered();
    await failFrom(core, 'here', 5);
    for (let count = 0; count < 10; count += 1) expect(await waitFrom(core, 'here')).to.equal(1);
    core.clock.advance(SECOND);

    expect((await tryFrom(core, 'here', email, password)).user.email).to.equal(email);
  });

  it('tells nobody whether there is an account', async () => {
    const core = await registered();
    const tell = async (account: string, address: string): Promise<unknown[]> => {
      const faults = [];
      for (let count = 0; count < 8; count += 1) faults.push(await faultOf(tryFrom(core, address, account)));
      return faults.map(({ code, message, details, retryAfterSeconds }) => [code, message, details, retryAfterSeconds]);
    };

    expect(await tell(email, 'here')).to.deep.equal(await tell('nobody@example.org', 'there'));
  });

  it('takes an e-mail address for the same however it is written', async () => {
    const core = await registered();
    for (const written of [email, 'ANNA@example.org', ' Anna@Example.org ', 'anna@EXAMPLE.ORG', email]) {
      await codeOf(tryFrom(core, 'here', written));
    }

    expect(await waitFrom(core, 'here', 'Anna@example.org\t')).to.equal(1);
  });

  it('lets five of 50 attempts at once through', async () => {
    const core = await registered();
    const outcomes = await outcomesOf(Array.from({ length: 50 }, () => tryFrom(core, 'here')));

    expect(outcomes).to.deep.equal({ invalid_credentials: 5, rate_limited: 45 });
    expect(core.hasher.verified).to.have.lengthOf(5);
  });

  it('forgets the failures of an account from an address when it logs in', async () => {
    const core = await registered();
    for (let round = 0; round < 3; round += 1) {
      await failFrom(core, 'here', 4);
      await tryFrom(core, 'here', email, password);
    }
    await failFrom(core, 'here', 5);

    expect(await waitFrom(core, 'here')).to.equal(1);
  });

  it('does not let who logs in to an account go on guessing another', async () => {
    const core = await registered();
    await failFrom(core, 'here', 5, 'berta@example.org');
    await tryFrom(core, 'here', email, password);

    expect(await waitFrom(core, 'here', 'berta@example.org')).to.equal(1);
  });

  it('forgets after 24 hours without a failure', async () => {
    const core = await registered();
    await failFrom(core, 'here', 14);
    core.clock.advance(DAY);
    await failFrom(core, 'here', 5);

    expect(await waitFrom(core, 'here')).to.equal(1);
  });

  it('asks an address to wait that fails 20 times, with whatever accounts', async () => {
    const core = await registered();
    for (let count = 0; count < 20; count += 1) await failFrom(core, 'here', 1, `user${count}@example.org`);

    expect(await waitFrom(core, 'here', 'new@example.org')).to.equal(1);
    expect((await tryFrom(core, 'there', email, password)).user.email).to.equal(email);
    core.clock.advance(SECOND);
    await failFrom(core, 'here', 1, 'new@example.org');
    expect(await waitFrom(core, 'here', 'newer@example.org')).to.equal(2);
  });

  it('asks everybody to wait for an account that fails 100 times, from whatever addresses, for 60 seconds at most', async () => {
    const core = await registered();
    for (let count = 0; count < 100; count += 1) await failFrom(core, `address ${count}`, 1);

    expect(await waitFrom(core, 'home')).to.equal(1);
    for (let count = 0; count < 20; count += 1) await failOnce(core, `far ${count}`, email);
    expect(await waitFrom(core, 'home')).to.equal(60);
    core.clock.advance(60 * SECOND);
    expect((await tryFrom(core, 'home', email, password)).user.email).to.equal(email);
  });

  it('locks nobody out when the clock is set back, and slows down again from there', async () => {
    for (const back of [DAY, 400 * DAY, 36_500 * DAY]) {
      const core = await registered();
      await failFrom(core, 'here', 20);
      await failFrom(core, 'here', 20, 'berta@example.org');
      core.clock.advance(-back);

      expect(await waitFrom(core, 'here', 'carla@example.org'), 'of the address').to.equal(null);
      await failFrom(core, 'here', 5);
      expect(await waitFrom(core, 'here')).to.equal(1);
      core.clock.advance(SECOND);
      expect((await tryFrom(core, 'here', email, password)).user.email).to.equal(email);
    }
  });

  it('asks for no longer than 15 minutes when the clock catches up with failures that are ahead', async () => {
    const core = await registered();
    await failFrom(core, 'here', 20);
    core.clock.advance(-90 * SECOND);
    const waits = [];
    for (let wait = await waitFrom(core, 'here'); wait !== null; wait = await waitFrom(core, 'here')) {
      waits.push(wait);
      core.clock.advance(wait * SECOND);
    }

    expect(waits.length).to.be.at.most(1);
    expect(Math.max(0, ...waits)).to.be.at.most(900);
  });

  it('asks nobody to wait for longer than it says when clocks differ a little', async () => {
    for (const back of [1, 500, 59 * SECOND]) {
      const core = await registered();
      await failFrom(core, 'here', 8);
      core.clock.advance(-back);
      expect(await waitFrom(core, 'here'), 'from another server').to.equal(8);
      core.clock.advance(8 * SECOND + back);
      expect((await tryFrom(core, 'here', email, password)).user.email).to.equal(email);
    }
  });

  it('does not slow down this machine', async () => {
    const core = await registered();
    const outcomes = await outcomesOf(Array.from({ length: 50 }, () => tryFrom(core, null)));

    expect(outcomes).to.deep.equal({ invalid_credentials: 50 });
  });

  it('counts a wrong current password as a failed log-in, and a right one as a log-in', async () => {
    const core = await registered();
    const { token } = await core.logIn({ email, password, userAgent: null, address: 'here' });
    const { actor } = await core.authenticate(token);
    const change = (currentPassword: string, newPassword = 'Other-horse-8') =>
      core.changePassword(actor, { currentPassword, newPassword, address: 'here' });

    await failFrom(core, 'here', 4);
    expect(await codeOf(change('Wrong-horse-7'))).to.equal('invalid_credentials');
    const { length } = core.hasher.verified;
    expect(await codeOf(change(password))).to.equal('rate_limited');
    expect(core.hasher.verified).to.have.lengthOf(length);
    expect(await waitFrom(core, 'here')).to.equal(1);

    core.clock.advance(SECOND);
    expect(await codeOf(change(password, 'poor'))).to.equal('validation_failed');
    await failFrom(core, 'here', 4);
    expect(await codeOf(tryFrom(core, 'here'))).to.equal('invalid_credentials');
  });
});
