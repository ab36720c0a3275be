import { expect } from 'chai';
import { codeOf, faultOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { COMMON_PASSWORD, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';

const anna = { email: ' Anna@Example.org', username: 'Anna', password: 'Secret-horse-7' };

describe('creating a user', () => {
  it('stores the user with a hash of the password', async () => {
    const core = makeCoreFixture();
    const user = await core.createUser(anna);

    expect(user).to.deep.equal({
      id: user.id,
      email: 'anna@example.org',
      username: 'Anna',
      passwordHash: await core.hasher.hash(anna.password),
      status: 'active',
      createdAt: core.clock.now(),
      updatedAt: core.clock.now(),
      version: 1,
    });
    expect(await core.users.find(user.id)).to.deep.equal(user);
  });

  it('refuses an e-mail address or a user name that is taken, in whatever case', async () => {
    const core = makeCoreFixture();
    await core.createUser(anna);

    expect(await codeOf(core.createUser({ ...anna, email: 'ANNA@EXAMPLE.ORG', username: 'berta' }))).to.equal(
      'email_taken',
    );
    expect(await codeOf(core.createUser({ ...anna, email: 'berta@example.org', username: 'ANNA' }))).to.equal(
      'username_taken',
    );
  });

  it('refuses what is not valid, field by field, and stores nothing', async () => {
    const core = makeCoreFixture();
    for (const [field, value] of [
      ['email', 'anna'],
      ['username', 'a b'],
      ['password', 'short'],
      ['password', COMMON_PASSWORD],
      ['password', 'Anna1@example.org'],
    ] as const) {
      const { code, details } = await faultOf(core.createUser({ ...anna, email: 'anna1@example.org', [field]: value }));
      expect(code).to.equal('validation_failed');
      expect(details.map((detail) => detail.field)).to.deep.equal([field]);
    }
    expect(await core.users.findByEmail('anna1@example.org')).to.equal(null);
  });

  it('creates one of 10 users with the same name that are created at once', async () => {
    const core = makeCoreFixture();
    const outcomes = await outcomesOf(
      Array.from({ length: 10 }, (_, i) => core.createUser({ ...anna, email: `anna${i}@example.org` })),
    );

    expect(outcomes).to.deep.equal({ done: 1, username_taken: 9 });
  });
});

describe('renaming a user', () => {
  it('stores the new name of the actor', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    const before = await core.users.find(actor.userId);
    core.clock.advance(DAY);
    const user = await core.renameUser(actor, { username: ' Berta ', expectedVersions: null });

    expect(user).to.deep.equal({ ...before, username: 'Berta', updatedAt: core.clock.now(), version: 2 });
    expect(await core.users.find(actor.userId)).to.deep.equal(user);
  });

  it('changes nothing without a new name, or with the one that the user has', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    const before = await core.users.find(actor.userId);

    core.clock.advance(DAY);
    for (const username of [undefined, before?.username, ` ${before?.username ?? ''} `]) {
      expect(await core.renameUser(actor, { username, expectedVersions: null })).to.deep.equal(before);
    }
    expect(await core.users.find(actor.userId)).to.deep.equal(before);
  });

  it('refuses a name that another has, or that is not valid', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    await core.newActor({ username: 'Berta' });
    const before = await core.users.find(actor.userId);

    expect(await codeOf(core.renameUser(actor, { username: 'BERTA', expectedVersions: null }))).to.equal(
      'username_taken',
    );
    expect(await codeOf(core.renameUser(actor, { username: 'b', expectedVersions: null }))).to.equal(
      'validation_failed',
    );
    expect(await core.users.find(actor.userId)).to.deep.equal(before);
  });

  it('lets the actor change the case of its own name', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor({ username: 'Berta' });

    expect((await core.renameUser(actor, { username: 'BERTA', expectedVersions: null })).username).to.equal('BERTA');
  });

  it('takes an expected version and refuses another, with a new name or without', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();

    expect(await codeOf(core.renameUser(actor, { username: 'Berta', expectedVersions: [2] }))).to.equal(
      'version_conflict',
    );
    expect(await codeOf(core.renameUser(actor, { expectedVersions: [2] }))).to.equal('version_conflict');
    expect((await core.renameUser(actor, { username: 'Berta', expectedVersions: [1] })).version).to.equal(2);
  });
});
