import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { expiryOf } from '../../core/auth/sign-in.ts';
import type { Adapters } from './adapters.ts';
import { aMoment, aSignIn, aTokenHash } from './builders.ts';
import { storedSignIn, storedUser } from './stored.ts';

const DAY = 24 * 60 * 60 * 1000;
const LIFETIME = 30 * DAY;

export function describeSignInRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`sign-in repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    it('gives back every field as it was added', async () => {
      const { signIn } = await storedSignIn(adapters);

      expect(await adapters.signIns.find(signIn.id)).to.deep.equal(signIn);
    });

    it('gives back an unknown user agent and an end as they were added', async () => {
      const { signIn } = await storedSignIn(adapters, { userAgent: null, endedAt: aMoment() });

      expect(await adapters.signIns.find(signIn.id)).to.deep.equal(signIn);
    });

    it('answers null for an unknown id or token', async () => {
      expect(await adapters.signIns.find(uuid())).to.equal(null);
      expect(await adapters.signIns.findToken(aTokenHash())).to.equal(null);
    });

    it('finds a new token, not yet rotated, with its sign-in', async () => {
      await storedSignIn(adapters);
      const { signIn, hash } = await storedSignIn(adapters);

      expect(await adapters.signIns.findToken(hash)).to.deep.equal({
        signIn,
        rotatedAt: null,
        successorHash: null,
        successorUsed: false,
      });
    });

    it('prolongs a sign-in by each use, up to its lifetime from its beginning', async () => {
      const { signIns } = adapters;
      const createdAt = new Date('2027-01-01T00:00:00Z');
      const day = (n: number): Date => new Date(createdAt.getTime() + n * DAY);
      const { signIn, hash } = await storedSignIn(adapters, { createdAt, lastUsedAt: createdAt, expiresAt: day(14) });
      let last = hash;
      for (const [used, over] of [
        [0, 14],
        [13, 27],
        [16, 30],
        [29, 30],
      ] as const) {
        const next = aTokenHash();
        expect((await signIns.rotate(last, next, day(used), LIFETIME))?.expiresAt).to.deep.equal(day(over));
        expect((await signIns.find(signIn.id))?.expiresAt).to.deep.equal(day(over));
        last = next;
      }
      expect(await signIns.rotate(last, aTokenHash(), day(30), LIFETIME)).to.equal(null);
    });

    it('rotates a live token to its successor and notes when the sign-in was used', async () => {
      const { signIns } = adapters;
      const { signIn, hash } = await storedSignIn(adapters);
      const successorHash = aTokenHash();
      const now = aMoment();
      const rotated = await signIns.rotate(hash, successorHash, now, LIFETIME);

      const used = { ...signIn, lastUsedAt: now, expiresAt: expiryOf(signIn.createdAt, now, LIFETIME) };
      expect(rotated).to.deep.equal(used);
      expect(await signIns.find(signIn.id)).to.deep.equal(used);
      expect(await signIns.findToken(hash)).to.deep.equal({
        signIn: used,
        rotatedAt: now,
        successorHash,
        successorUsed: false,
      });
      expect(await signIns.findToken(successorHash)).to.deep.equal({
        signIn: used,
        rotatedAt: null,
        successorHash: null,
        successorUsed: false,
      });
    });

    it('tells of a token that its successor was used', async () => {
      const { signIns } = adapters;
      const { hash } = await storedSignIn(adapters);
      const second = aTokenHash();
      const third = aTokenHash();
      await signIns.rotate(hash, second, aMoment(), LIFETIME);
      const now = aMoment();
      expect((await signIns.rotate(second, third, now, LIFETIME))?.lastUsedAt).to.deep.equal(now);

      expect((await signIns.findToken(hash))?.successorUsed).to.equal(true);
      expect((await signIns.findToken(second))?.successorUsed).to.equal(false);
    });

    it('does not rotate a token a second time, and changes nothing', async () => {
      const { signIns } = adapters;
      const { hash } = await storedSignIn(adapters);
      await signIns.rotate(hash, aTokenHash(), aMoment(), LIFETIME);
      const before = await signIns.findToken(hash);
      const late = aTokenHash();

      expect(await signIns.rotate(hash, late, aMoment(), LIFETIME)).to.equal(null);
      expect(await signIns.findToken(hash)).to.deep.equal(before);
      expect(await signIns.findToken(late)).to.equal(null);
    });

    it('does not rotate an unknown token', async () => {
      expect(await adapters.signIns.rotate(aTokenHash(), aTokenHash(), aMoment(), LIFETIME)).to.equal(null);
    });

    it('does not rotate a token whose sign-in has ended', async () => {
      const { signIn, hash } = await storedSignIn(adapters);
      await adapters.signIns.end(signIn.id, aMoment());

      expect(await adapters.signIns.rotate(hash, aTokenHash(), aMoment(), LIFETIME)).to.equal(null);
      expect((await adapters.signIns.findToken(hash))?.rotatedAt).to.equal(null);
    });

    it('rotates a token until the last millisecond before its sign-in expires, and no longer', async () => {
      const { signIns } = adapters;
      const { signIn, hash } = await storedSignIn(adapters);
      const last = new Date(signIn.expiresAt.getTime() - 1);

      expect(await signIns.rotate(hash, aTokenHash(), signIn.expiresAt, LIFETIME)).to.equal(null);
      expect((await signIns.rotate(hash, aTokenHash(), last, LIFETIME))?.id).to.equal(signIn.id);
    });

    it('gives the sign-in to one of 20 callers that rotate the same token at once', async () => {
      const { signIns } = adapters;
      const { signIn, hash } = await storedSignIn(adapters);
      const now = aMoment();
      const successors = Array.from({ length: 20 }, () => aTokenHash());
      const answers = await Promise.all(successors.map((successor) => signIns.rotate(hash, successor, now, LIFETIME)));

      expect(answers.filter((answer) => answer !== null).map(({ id }) => id)).to.deep.equal([signIn.id]);
      const winner = successors[answers.findIndex((answer) => answer !== null)];
      expect((await signIns.findToken(hash))?.successorHash).to.equal(winner);
      const stored = await Promise.all(successors.map((successor) => signIns.findToken(successor)));
      expect(stored.filter((token) => token !== null)).to.have.lengthOf(1);
    });

    it('gives the sign-in to one of 20 transactions that rotate to the same successor at once', async () => {
      const { signIns, transaction } = adapters;
      const { signIn, hash } = await storedSignIn(adapters);
      const now = aMoment();
      const successor = aTokenHash();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          transaction.run(async () => ({
            rotated: await signIns.rotate(hash, successor, now, LIFETIME),
            found: await signIns.findToken(hash),
          })),
        ),
      );

      expect(answers.filter(({ rotated }) => rotated !== null)).to.have.lengthOf(1);
      // Whoever lost sees at once what the winner did.
      expect(answers.map(({ found }) => found?.successorHash)).to.deep.equal(Array(20).fill(successor));
      expect((await signIns.findToken(successor))?.signIn.id).to.equal(signIn.id);
    });

    it('ends a sign-in', async () => {
      const other = await storedSignIn(adapters);
      const { signIn, hash } = await storedSignIn(adapters);
      const now = aMoment();
      await adapters.signIns.end(signIn.id, now);

      expect(await adapters.signIns.find(signIn.id)).to.deep.equal({ ...signIn, endedAt: now });
      expect((await adapters.signIns.findToken(hash))?.signIn.endedAt).to.deep.equal(now);
      expect(await adapters.signIns.find(other.signIn.id)).to.deep.equal(other.signIn);
    });

    it('leaves the end of a sign-in that is ended already', async () => {
      const { signIn } = await storedSignIn(adapters);
      const first = aMoment();
      await adapters.signIns.end(signIn.id, first);
      await adapters.signIns.end(signIn.id, aMoment());

      expect((await adapters.signIns.find(signIn.id))?.endedAt).to.deep.equal(first);
    });

    it('has nothing to end of an unknown sign-in', async () => {
      await adapters.signIns.end(uuid(), aMoment());
    });

    it('ends every sign-in of a user but one, and those of nobody else', async () => {
      const { signIns } = adapters;
      const { id: userId } = await storedUser(adapters);
      const ended = aSignIn({ userId, endedAt: aMoment() });
      await signIns.add(ended, aTokenHash());
      const first = await storedSignIn(adapters, { userId });
      const kept = await storedSignIn(adapters, { userId });
      const last = await storedSignIn(adapters, { userId });
      const other = await storedSignIn(adapters);
      const now = aMoment();
      await signIns.endAll(userId, now, kept.signIn.id);

      expect((await signIns.find(first.signIn.id))?.endedAt).to.deep.equal(now);
      expect((await signIns.find(last.signIn.id))?.endedAt).to.deep.equal(now);
      expect(await signIns.find(kept.signIn.id)).to.deep.equal(kept.signIn);
      expect(await signIns.find(ended.id)).to.deep.equal(ended);
      expect(await signIns.find(other.signIn.id)).to.deep.equal(other.signIn);
    });

    it('forgets what has expired or was ended, with the tokens, bit by bit, and nothing that lives', async () => {
      const { signIns } = adapters;
      // Before all that other tests have made.
      const now = new Date('2001-02-03T04:05:06.789Z');
      const later = new Date(now.getTime() + 1);
      const { id: userId } = await storedUser(adapters);
      const over = [];
      for (let i = 0; i < 30; i += 1) {
        const ended = i % 2 === 0 ? { endedAt: now, expiresAt: later } : { expiresAt: now };
        over.push(await storedSignIn(adapters, { userId, ...ended }));
      }
      const live = await storedSignIn(adapters, { userId, expiresAt: later });
      for (let i = 0; i < 10; i += 1) await signIns.prune(now);

      for (const { signIn, hash } of over) {
        expect(await signIns.find(signIn.id)).to.equal(null);
        expect(await signIns.findToken(hash)).to.equal(null);
      }
      expect(await signIns.find(live.signIn.id)).to.deep.equal(live.signIn);
      expect(await signIns.findToken(live.hash)).not.to.equal(null);
    });

    it('ends every sign-in of a user when none is excepted', async () => {
      const { signIns } = adapters;
      const { id: userId } = await storedUser(adapters);
      const first = await storedSignIn(adapters, { userId });
      const last = await storedSignIn(adapters, { userId });
      const now = aMoment();
      await signIns.endAll(userId, now, null);

      expect((await signIns.find(first.signIn.id))?.endedAt).to.deep.equal(now);
      expect((await signIns.find(last.signIn.id))?.endedAt).to.deep.equal(now);
    });
  });
}
