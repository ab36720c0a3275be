import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { Adapters } from './adapters.ts';
import { aMoment, aUser } from './builders.ts';
import { codeOf, outcomesOf } from './fault-of.ts';
import { storedUser } from './stored.ts';

export function describeUserRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`user repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    it('gives back every field as it was added', async () => {
      const user = await storedUser(adapters);

      expect(await adapters.users.find(user.id)).to.deep.equal(user);
    });

    it('keeps that a user is suspended, from the start or from later on', async () => {
      const { users } = adapters;
      const suspended = await storedUser(adapters, { status: 'suspended' });
      expect(await users.find(suspended.id)).to.deep.equal(suspended);
      expect(await users.findByEmail(suspended.email)).to.deep.equal(suspended);

      const active = { ...suspended, status: 'active', version: 2 } as const;
      await users.save(active);
      expect(await users.find(suspended.id)).to.deep.equal(active);
    });

    it('keeps letters of other scripts in a name', async () => {
      const user = aUser({ username: `Zoë.漢字-${uuid().slice(-12)}` });
      await adapters.users.add(user);

      expect((await adapters.users.find(user.id))?.username).to.equal(user.username);
    });

    it('answers null for an unknown id or e-mail address', async () => {
      expect(await adapters.users.find(uuid())).to.equal(null);
      expect(await adapters.users.findByEmail('nobody@example.org')).to.equal(null);
    });

    it('finds a user by e-mail address', async () => {
      await storedUser(adapters);
      const user = await storedUser(adapters);

      expect(await adapters.users.findByEmail(user.email)).to.deep.equal(user);
    });

    it('refuses a second account with the same e-mail address', async () => {
      const { email } = await storedUser(adapters);
      const second = aUser({ email });

      expect(await codeOf(adapters.users.add(second))).to.equal('email_taken');
      expect(await adapters.users.find(second.id)).to.equal(null);
    });

    it('refuses a second account with the same user name, in whatever case and form', async () => {
      const { username } = await storedUser(adapters);

      for (const same of [username, username.toUpperCase(), username.toLowerCase(), username.normalize('NFD')]) {
        const second = aUser({ username: same });
        expect(await codeOf(adapters.users.add(second)), same).to.equal('username_taken');
        expect(await adapters.users.find(second.id), same).to.equal(null);
      }
    });

    it('refuses a name that looks like another, in letters of another script', async () => {
      const id = uuid().slice(-8);
      const named = [`scope-${id}`, `Ivan-${id}`, `TOM-${id}`, `Anna-${id}`] as const;
      for (const username of named) await adapters.users.add(aUser({ username }));

      for (const username of [`ѕсоре-${id}`, `Іvan-${id}`, `ТОМ-${id}`, `Аnna-${id}`, `ANNА-${id}`]) {
        const second = aUser({ username });
        expect(await codeOf(adapters.users.add(second)), username).to.equal('username_taken');
        expect(await adapters.users.find(second.id), username).to.equal(null);
        const renamed = await storedUser(adapters);
        expect(await codeOf(adapters.users.save({ ...renamed, username, version: 2 })), username).to.equal(
          'username_taken',
        );
      }
      for (const username of [`Анна-${id}`, `ŠCOPE-${id}`, `ivan1-${id}`]) {
        await adapters.users.add(aUser({ username }));
      }
    });

    it('lets a user whose name others may not have change it, its case alone and all else', async () => {
      const id = uuid().slice(-8);
      const user = aUser({ username: `Straße-${id}` });
      await adapters.users.add(user);
      const changes = [{ passwordHash: 'other' }, { username: `STRASSE-${id}` }, { username: `Weg-${id}` }];
      for (const [index, change] of changes.entries()) {
        await adapters.users.save({ ...user, ...change, version: index + 2 });
      }

      await adapters.users.add(aUser({ username: `strasse-${id}` }));
    });

    it('takes one of 20 accounts that are added at once with the same e-mail address', async () => {
      const { email } = aUser();
      const outcomes = await outcomesOf(Array.from({ length: 20 }, () => adapters.users.add(aUser({ email }))));

      expect(outcomes).to.deep.equal({ done: 1, email_taken: 19 });
    });

    it('takes one of 20 accounts that are added at once with the same user name', async () => {
      const { username } = aUser();
      const outcomes = await outcomesOf(Array.from({ length: 20 }, () => adapters.users.add(aUser({ username }))));

      expect(outcomes).to.deep.equal({ done: 1, username_taken: 19 });
    });

    it('saves the changes of one user and of no other', async () => {
      const other = await storedUser(adapters);
      const user = await storedUser(adapters);
      const { username, passwordHash } = aUser();
      const changed = { ...user, username, passwordHash, updatedAt: aMoment(), version: 2 };
      await adapters.users.save(changed);

      expect(await adapters.users.find(user.id)).to.deep.equal(changed);
      expect(await adapters.users.find(other.id)).to.deep.equal(other);
    });

    it('lets a user change the case of its own name', async () => {
      const user = await storedUser(adapters);
      const changed = { ...user, username: user.username.toUpperCase(), version: 2 };
      await adapters.users.save(changed);

      expect(await adapters.users.find(user.id)).to.deep.equal(changed);
    });

    it('refuses to save a user name that another has, and changes nothing', async () => {
      const other = await storedUser(adapters);
      const user = await storedUser(adapters);
      const changed = { ...user, username: other.username.toUpperCase(), version: 2 };

      expect(await codeOf(adapters.users.save(changed))).to.equal('username_taken');
      expect(await adapters.users.find(user.id)).to.deep.equal(user);
    });

    it('refuses to save any version but the next, and changes nothing', async () => {
      const user = await storedUser(adapters);
      const second = { ...user, updatedAt: aMoment(), version: 2 };
      await adapters.users.save(second);

      for (const version of [1, 2, 4]) {
        const stale = { ...user, username: aUser().username, version };
        expect(await codeOf(adapters.users.save(stale)), `version ${version}`).to.equal('version_conflict');
      }
      expect(await adapters.users.find(user.id)).to.deep.equal(second);
    });

    it('refuses to save a user who was never added', async () => {
      const user = aUser({ version: 2 });

      expect(await codeOf(adapters.users.save(user))).to.equal('version_conflict');
      expect(await adapters.users.find(user.id)).to.equal(null);
    });

    it('takes one of 20 changes of the same version that are saved at once', async () => {
      const user = await storedUser(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, () => adapters.users.save({ ...user, passwordHash: uuid(), version: 2 })),
      );

      expect(outcomes).to.deep.equal({ done: 1, version_conflict: 19 });
    });

    it('gets a user for update with every field', async () => {
      const user = await storedUser(adapters);

      expect(await adapters.transaction.run(() => adapters.users.getForUpdate(user.id))).to.deep.equal(user);
    });

    it('refuses to get an unknown user for update', async () => {
      expect(await codeOf(adapters.transaction.run(() => adapters.users.getForUpdate(uuid())))).to.equal('not_found');
    });

    it('lets 10 transactions that get a user for update change it one after the other', async () => {
      const { users, transaction } = adapters;
      const user = await storedUser(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, () =>
          transaction.run(async () => {
            const current = await users.getForUpdate(user.id);
            await users.save({ ...current, version: current.version + 1 });
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 10 });
      expect((await users.find(user.id))?.version).to.equal(11);
    });
  });
}
