import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { SCOPES } from '../../core/shared/actor.ts';
import type { Adapters } from './adapters.ts';
import { actorOf, aMoment, anApiToken, aTokenHash } from './builders.ts';
import { outcomesOf } from './fault-of.ts';
import { storedApiToken, storedUser } from './stored.ts';

export function describeApiTokenRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`API token repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    const listed = async (userId: string): Promise<readonly unknown[]> =>
      (await adapters.apiTokenQueries.list(actorOf(userId), { limit: 100, after: null })).items;

    it('gives back every field as it was added, by the hash', async () => {
      const { token, hash } = await storedApiToken(adapters);

      expect(await adapters.apiTokenQueries.findLive(hash, token.createdAt)).to.deep.equal(token);
    });

    it('gives back every scope, and no expiry, as they were added', async () => {
      const { token, hash } = await storedApiToken(adapters, { scopes: SCOPES, expiresAt: null });

      expect(await adapters.apiTokenQueries.findLive(hash, new Date('9999-12-31'))).to.deep.equal(token);
    });

    it('answers null for an unknown hash', async () => {
      expect(await adapters.apiTokenQueries.findLive(aTokenHash(), aMoment())).to.equal(null);
    });

    it('finds a token until the last millisecond before it expires, and no longer', async () => {
      const expiresAt = aMoment();
      const { token, hash } = await storedApiToken(adapters, { expiresAt });
      const last = new Date(expiresAt.getTime() - 1);

      expect(await adapters.apiTokenQueries.findLive(hash, last)).to.deep.equal(token);
      expect(await adapters.apiTokenQueries.findLive(hash, expiresAt)).to.equal(null);
    });

    it('does not find the token of a suspended user', async () => {
      const { users, apiTokenQueries } = adapters;
      const user = await storedUser(adapters);
      const { token, hash } = await storedApiToken(adapters, { userId: user.id });
      await users.save({ ...user, status: 'suspended', version: 2 });
      expect(await apiTokenQueries.findLive(hash, token.createdAt)).to.equal(null);

      await users.save({ ...user, status: 'active', version: 3 });
      expect(await apiTokenQueries.findLive(hash, token.createdAt)).to.deep.equal(token);
    });

    it('lives as long as it is found: until it expires, is revoked, or its user suspended', async () => {
      const { apiTokens, apiTokenQueries, users } = adapters;
      const user = await storedUser(adapters);
      const other = await storedUser(adapters);
      const expiresAt = aMoment();
      const { token } = await storedApiToken(adapters, { userId: user.id, expiresAt });
      const last = new Date(expiresAt.getTime() - 1);
      const isLive = (now = last, userId = user.id): Promise<boolean> => apiTokenQueries.isLive(userId, token.id, now);

      expect(await Promise.all([isLive(), isLive(expiresAt), isLive(last, other.id)])).to.deep.equal([
        true,
        false,
        false,
      ]);
      await users.save({ ...user, status: 'suspended', version: 2 });
      expect(await isLive()).to.equal(false);
      await users.save({ ...user, status: 'active', version: 3 });
      expect(await isLive()).to.equal(true);
      await apiTokens.remove(user.id, token.id);
      expect(await isLive()).to.equal(false);
    });

    it("lists a user's tokens, the expired too, newest first, and nobody else's", async () => {
      const { id: userId } = await storedUser(adapters);
      const { token: first } = await storedApiToken(adapters, { userId, expiresAt: new Date(0) });
      await storedApiToken(adapters);
      const { token: second } = await storedApiToken(adapters, { userId });

      expect(await listed(userId)).to.deep.equal([second, first]);
    });

    it('lists page after page, each token once', async () => {
      const { id: userId } = await storedUser(adapters);
      for (let i = 0; i < 5; i += 1) await storedApiToken(adapters, { userId });
      const one = await adapters.apiTokenQueries.list(actorOf(userId), { limit: 2, after: null });
      const two = await adapters.apiTokenQueries.list(actorOf(userId), { limit: 2, after: one.next });
      const three = await adapters.apiTokenQueries.list(actorOf(userId), { limit: 2, after: two.next });

      expect([...one.items, ...two.items, ...three.items]).to.deep.equal(await listed(userId));
      expect(three.next).to.equal(null);
    });

    it("counts a user's tokens, but not the expired, and nobody else's", async () => {
      const { apiTokens, transaction } = adapters;
      const now = new Date('2026-01-01T00:00:00Z');
      const { id: userId } = await storedUser(adapters);
      expect(await transaction.run(() => apiTokens.countForUpdate(userId, now))).to.equal(0);
      await storedApiToken(adapters, { userId });
      await storedApiToken(adapters, { userId, expiresAt: now });
      await storedApiToken(adapters);

      expect(await transaction.run(() => apiTokens.countForUpdate(userId, now))).to.equal(1);
    });

    it('lets 10 transactions that count before they add do so one after the other', async () => {
      const { apiTokens, transaction } = adapters;
      const { id: userId } = await storedUser(adapters);
      const counts: number[] = [];
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, () =>
          transaction.run(async () => {
            counts.push(await apiTokens.countForUpdate(userId, new Date(0)));
            await apiTokens.add(anApiToken({ userId }), aTokenHash());
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 10 });
      expect(counts).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it('removes a token of the user, once, and no other', async () => {
      const { apiTokens } = adapters;
      const { token: kept } = await storedApiToken(adapters);
      const { token, hash } = await storedApiToken(adapters, { userId: kept.userId });

      expect(await apiTokens.remove(token.userId, token.id)).to.equal(true);
      expect(await apiTokens.remove(token.userId, token.id)).to.equal(false);
      expect(await adapters.apiTokenQueries.findLive(hash, token.createdAt)).to.equal(null);
      expect(await listed(kept.userId)).to.deep.equal([kept]);
    });

    it('removes neither an unknown token nor that of another user', async () => {
      const { apiTokens } = adapters;
      const { token } = await storedApiToken(adapters);
      const other = await storedUser(adapters);

      expect(await apiTokens.remove(other.id, token.id)).to.equal(false);
      expect(await apiTokens.remove(token.userId, uuid())).to.equal(false);
      expect(await listed(token.userId)).to.deep.equal([token]);
    });

    it('removes for one of 20 callers that remove the same token at once', async () => {
      const { token } = await storedApiToken(adapters);
      const removed = await Promise.all(
        Array.from({ length: 20 }, () => adapters.apiTokens.remove(token.userId, token.id)),
      );

      expect(removed.filter(Boolean)).to.have.lengthOf(1);
    });

    it('keeps nothing of what a failed transaction added or removed', async () => {
      const { apiTokens, transaction } = adapters;
      const { token } = await storedApiToken(adapters);
      const failure = new Error('the work failed');
      const error: unknown = await transaction
        .run(async () => {
          await apiTokens.remove(token.userId, token.id);
          await apiTokens.add(anApiToken({ userId: token.userId }), aTokenHash());
          throw failure;
        })
        .catch((reason: unknown) => reason);

      expect(error).to.equal(failure);
      expect(await listed(token.userId)).to.deep.equal([token]);
    });
  });
}
