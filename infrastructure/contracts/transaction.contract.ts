import { expect } from 'chai';
import { rehearse } from '../../core/shared/rehearse.ts';
import type { Adapters } from './adapters.ts';
import { aCampaign, aMember, aMoment, aSession, aSignIn, aTokenHash, aUser, someResults } from './builders.ts';
import { codeOf } from './fault-of.ts';
import { storedCampaign, storedSession, storedSignIn, storedUser } from './stored.ts';

export function describeTransaction(name: string, open: () => Promise<Adapters>): void {
  describe(`transaction on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    const failure = new Error('the work failed');
    const messageOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => 'it succeeded',
        (error: unknown) => error,
      );

    it('answers what the work answers', async () => {
      const user = aUser();
      const answer = await adapters.transaction.run(async () => {
        await adapters.users.add(user);
        return user.username;
      });

      expect(answer).to.equal(user.username);
      expect(await adapters.users.find(user.id)).to.deep.equal(user);
    });

    it('shows the work what it has written itself', async () => {
      const user = aUser();
      const seen = await adapters.transaction.run(async () => {
        await adapters.users.add(user);
        return adapters.users.find(user.id);
      });

      expect(seen).to.deep.equal(user);
    });

    it('does what it is asked in one turn in that order: what is read behind a lock is from after the wait', async () => {
      const { campaigns, members, transaction, users } = adapters;
      const { id, ownerId } = await storedCampaign(adapters);
      const [locked, released] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const first = transaction.run(async () => {
        await members.ownersForUpdate(id);
        locked.resolve(undefined);
        await released.promise;
        await members.setRole(id, ownerId, 'viewer');
      });
      await locked.promise;
      const second = transaction.run(() => Promise.all([campaigns.getForUpdate(id), members.find(id, ownerId)]));
      // Long enough for the second to have asked.
      for (let turn = 0; turn < 5; turn += 1) await users.find(ownerId);
      released.resolve(undefined);
      await first;

      expect((await second)[1]?.role).to.equal('viewer');
    });

    it('keeps nothing of what was written through any repository when the work throws', async () => {
      const { users, signIns, campaigns, members, sessions, transaction } = adapters;
      const before = await storedUser(adapters);
      const { signIn: oldSignIn, hash: oldHash } = await storedSignIn(adapters, { userId: before.id });
      const oldCampaign = await storedCampaign(adapters, { ownerId: before.id });

      const user = aUser();
      const signIn = aSignIn({ userId: user.id });
      const hash = aTokenHash();
      const campaign = aCampaign({ ownerId: user.id });
      const session = aSession({ campaignId: oldCampaign.id });

      const error = await messageOf(
        transaction.run(async () => {
          await users.add(user);
          await users.save({ ...before, username: user.username.toUpperCase() + 'x', version: 2 });
          await signIns.add(signIn, hash);
          await signIns.rotate(oldHash, aTokenHash(), oldSignIn.createdAt, 1);
          await signIns.endAll(before.id, aMoment(), null);
          await campaigns.add(campaign);
          await campaigns.save({ ...oldCampaign, name: 'Other', version: 2 });
          await campaigns.takeSessionNumber(oldCampaign.id, 12);
          await members.add(aMember({ campaignId: oldCampaign.id, userId: user.id }));
          await members.setRole(oldCampaign.id, before.id, 'viewer');
          await sessions.add(session);
          await sessions.saveResults(session, someResults());
          throw failure;
        }),
      );

      expect(error).to.equal(failure);
      expect(await users.find(user.id)).to.equal(null);
      expect(await users.find(before.id)).to.deep.equal(before);
      expect(await signIns.find(signIn.id)).to.equal(null);
      expect(await signIns.findToken(hash)).to.equal(null);
      expect(await signIns.findToken(oldHash)).to.deep.equal({
        signIn: oldSignIn,
        rotatedAt: null,
        successorHash: null,
        successorUsed: false,
      });
      expect(await codeOf(transaction.run(() => campaigns.getForUpdate(campaign.id)))).to.equal('not_found');
      expect(await transaction.run(() => campaigns.getForUpdate(oldCampaign.id))).to.deep.equal(oldCampaign);
      expect(await campaigns.takeSessionNumber(oldCampaign.id, null)).to.equal(1);
      expect(await members.find(oldCampaign.id, user.id)).to.equal(null);
      expect((await members.find(oldCampaign.id, before.id))?.role).to.equal('owner');
      expect(await sessions.find(session.id)).to.equal(null);
      expect(await sessions.findResults(session.id)).to.equal(null);
    });

    it('keeps nothing of a rehearsal, which throws what its work throws', async () => {
      const { users, campaigns, transaction } = adapters;
      const owner = await storedUser(adapters);
      const campaign = await storedCampaign(adapters, { ownerId: owner.id });
      const user = aUser();
      await rehearse(transaction, async () => {
        await users.add(user);
        await transaction.run(() => campaigns.takeSessionNumber(campaign.id, 12));
      });
      expect(await users.find(user.id)).to.equal(null);
      expect(await campaigns.takeSessionNumber(campaign.id, null)).to.equal(1);

      const refused = await codeOf(rehearse(transaction, () => users.add(aUser({ email: owner.email }))));
      expect(refused).to.equal('email_taken');
      expect(await messageOf(rehearse(transaction, () => Promise.reject(failure)))).to.equal(failure);
    });

    it('frees what a failed transaction had taken', async () => {
      const user = aUser();
      await messageOf(
        adapters.transaction.run(async () => {
          await adapters.users.add(user);
          throw failure;
        }),
      );
      await adapters.users.add(user);

      expect(await adapters.users.find(user.id)).to.deep.equal(user);
    });

    it('keeps nothing when a repository refuses the second of two writes', async () => {
      const taken = await storedUser(adapters);
      const first = aUser();
      const second = aUser({ email: taken.email });
      const code = await codeOf(
        adapters.transaction.run(async () => {
          await adapters.users.add(first);
          await adapters.users.add(second);
        }),
      );

      expect(code).to.equal('email_taken');
      expect(await adapters.users.find(first.id)).to.equal(null);
    });

    describe('in which a repository refuses a write', () => {
      const refusals: Readonly<Record<string, () => Promise<{ code: string; write: () => Promise<void> }>>> = {
        'an e-mail address that is taken': async () => {
          const { email } = await storedUser(adapters);
          return { code: 'email_taken', write: () => adapters.users.add(aUser({ email })) };
        },
        'a user name that another user takes on': async () => {
          const [one, other] = [await storedUser(adapters), await storedUser(adapters)];
          const write = () => adapters.users.save({ ...one, username: other.username, version: 2 });
          return { code: 'username_taken', write };
        },
        'a session number that is taken': async () => {
          const { campaignId, sessionNumber } = await storedSession(adapters);
          const write = () => adapters.sessions.add(aSession({ campaignId, sessionNumber }));
          return { code: 'session_number_taken', write };
        },
        'a version that has moved on': async () => {
          const session = await storedSession(adapters);
          return { code: 'version_conflict', write: () => adapters.sessions.save({ ...session, version: 3 }) };
        },
      };
      for (const [what, prepare] of Object.entries(refusals)) {
        it(`has ended, though the fault is caught: ${what}`, async () => {
          const { code, write } = await prepare();
          const [before, after] = [aUser(), aUser()];
          const heard: string[] = [];
          const work = adapters.transaction.run(async () => {
            await adapters.users.add(before);
            heard.push(await codeOf(write()));
            heard.push(await codeOf(adapters.users.find(before.id)));
            heard.push(await codeOf(adapters.users.add(after)));
          });

          expect(await codeOf(work)).to.equal(code);
          expect(heard).to.deep.equal([code, code, code]);
          expect([await adapters.users.find(before.id), await adapters.users.find(after.id)]).to.deep.equal([
            null,
            null,
          ]);
        });
      }

      it('goes on where something was only looked for in vain', async () => {
        const user = aUser();
        await adapters.transaction.run(async () => {
          await adapters.users.add(user);
          expect(await codeOf(adapters.users.getForUpdate(aUser().id))).to.equal('not_found');
          expect(await codeOf(adapters.campaigns.takeSessionNumber(aCampaign({ ownerId: user.id }).id, null))).to.equal(
            'not_found',
          );
        });

        expect(await adapters.users.find(user.id)).to.deep.equal(user);
      });
    });

    it('joins the outer transaction when it runs inside another', async () => {
      const outer = aUser();
      const inner = aUser();
      let seen: unknown = null;
      const error = await messageOf(
        adapters.transaction.run(async () => {
          await adapters.users.add(outer);
          await adapters.transaction.run(async () => {
            seen = await adapters.users.find(outer.id);
            await adapters.users.add(inner);
          });
          throw failure;
        }),
      );

      expect(error).to.equal(failure);
      expect(seen).to.deep.equal(outer);
      expect(await adapters.users.find(outer.id)).to.equal(null);
      expect(await adapters.users.find(inner.id)).to.equal(null);
    });

    it('keeps nothing of the outer transaction when an inner one throws', async () => {
      const outer = aUser();
      const error = await messageOf(
        adapters.transaction.run(async () => {
          await adapters.users.add(outer);
          await adapters.transaction.run(() => Promise.reject(failure));
        }),
      );

      expect(error).to.equal(failure);
      expect(await adapters.users.find(outer.id)).to.equal(null);
    });

    it('keeps what an inner and the outer one wrote when both succeed', async () => {
      const outer = aUser();
      const inner = aUser();
      await adapters.transaction.run(async () => {
        await adapters.transaction.run(() => adapters.users.add(inner));
        await adapters.users.add(outer);
      });

      expect(await adapters.users.find(inner.id)).to.deep.equal(inner);
      expect(await adapters.users.find(outer.id)).to.deep.equal(outer);
    });

    it('shows others nothing until it is done', async () => {
      const user = aUser();
      const written = Promise.withResolvers<undefined>();
      const released = Promise.withResolvers<undefined>();
      const running = adapters.transaction.run(async () => {
        await adapters.users.add(user);
        written.resolve(undefined);
        await released.promise;
      });

      await written.promise;
      expect(await adapters.users.find(user.id)).to.equal(null);
      released.resolve(undefined);
      await running;
      expect(await adapters.users.find(user.id)).to.deep.equal(user);
    });

    it('loses nothing of many that run at the same time, a failing one among them', async () => {
      const users = Array.from({ length: 10 }, () => aUser());
      const results = await Promise.allSettled(
        users.map((user, index) =>
          adapters.transaction.run(async () => {
            await adapters.users.add(user);
            if (index === 4) throw failure;
          }),
        ),
      );

      expect(results.map(({ status }) => status).indexOf('rejected')).to.equal(4);
      const found = await Promise.all(users.map(({ id }) => adapters.users.find(id)));
      expect(found).to.deep.equal(users.map((user, index) => (index === 4 ? null : user)));
    });
  });
}
