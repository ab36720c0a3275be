import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { INVITED_ROLES } from '../../core/members/invite.ts';
import type { Adapters } from './adapters.ts';
import { aMoment, aTokenHash } from './builders.ts';
import { storedCampaign, storedInvite, storedMember, storedUser } from './stored.ts';

export function describeInviteRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`invite repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    const usesOf = async (id: string): Promise<number | undefined> => (await adapters.invites.find({ id }))?.uses;
    const newUserId = async (): Promise<string> => (await storedUser(adapters)).id;

    it('gives back an invite as it was added, by its id and by the hash of its code', async () => {
      const full = await storedInvite(adapters);
      const bare = await storedInvite(adapters, { role: 'gm', expiresAt: null, maxUses: null, uses: 0 });
      for (const { invite, hash } of [full, bare]) {
        expect(await adapters.invites.find({ id: invite.id })).to.deep.equal(invite);
        expect(await adapters.invites.find({ hash })).to.deep.equal(invite);
      }
      for (const role of INVITED_ROLES) {
        const { invite } = await storedInvite(adapters, { role });
        expect((await adapters.invites.find({ id: invite.id }))?.role).to.equal(role);
      }
    });

    it('answers null for what there is not, and for a campaign in the trash', async () => {
      const campaign = await storedCampaign(adapters);
      const { invite, hash } = await storedInvite(adapters, { campaignId: campaign.id, createdBy: campaign.ownerId });
      expect(await adapters.invites.find({ id: uuid() })).to.equal(null);
      expect(await adapters.invites.find({ hash: aTokenHash() })).to.equal(null);
      await adapters.campaigns.save({ ...campaign, deletedAt: aMoment(), version: 2 });
      expect(await adapters.invites.find({ id: invite.id })).to.equal(null);
      expect(await adapters.invites.find({ hash })).to.equal(null);
    });

    it('finds by its code only what was made by somebody who is let in', async () => {
      const { invite, hash } = await storedInvite(adapters);
      const user = await adapters.users.find(invite.createdBy);
      if (user === null) throw new Error('There is no such user.');
      await adapters.users.save({ ...user, status: 'suspended', version: user.version + 1 });
      expect(await adapters.invites.find({ hash })).to.equal(null);
      expect(await adapters.invites.find({ id: invite.id })).to.deep.equal(invite);
    });

    it('lets nobody in by one that is gone', async () => {
      const { invite } = await storedInvite(adapters, { uses: 0 });
      const { id } = await storedUser(adapters);
      await adapters.invites.remove(invite.id);
      const used = await adapters.transaction.run(() => adapters.invites.use(invite.id, id, aMoment()));
      expect(used).to.equal(false);
    });

    it('counts those of one campaign', async () => {
      const { id: campaignId, ownerId: createdBy } = await storedCampaign(adapters);
      await storedInvite(adapters);
      const count = (): Promise<number> => adapters.transaction.run(() => adapters.invites.countForUpdate(campaignId));
      expect(await count()).to.equal(0);
      await storedInvite(adapters, { campaignId, createdBy });
      await storedInvite(adapters, { campaignId, createdBy, expiresAt: new Date(0) });
      expect(await count()).to.equal(2);
    });

    describe('letting somebody in', () => {
      it('counts each user once', async () => {
        const { invite } = await storedInvite(adapters, { maxUses: null, uses: 0, expiresAt: null });
        const userId = await newUserId();
        const use = (who: string): Promise<boolean> =>
          adapters.transaction.run(() => adapters.invites.use(invite.id, who, aMoment()));
        expect(await use(userId)).to.equal(true);
        expect(await use(userId)).to.equal(false);
        expect(await use(await newUserId())).to.equal(true);
        expect(await usesOf(invite.id)).to.equal(2);
      });

      it('ends at the moment at which it expires', async () => {
        const expiresAt = aMoment();
        const { invite } = await storedInvite(adapters, { maxUses: null, uses: 0, expiresAt });
        const at = async (now: Date): Promise<boolean> => {
          const userId = await newUserId();
          return adapters.transaction.run(() => adapters.invites.use(invite.id, userId, now));
        };
        expect(await at(new Date(expiresAt.getTime() - 1))).to.equal(true);
        expect(await at(expiresAt)).to.equal(false);
        expect(await usesOf(invite.id)).to.equal(1);
      });

      it('lets in as many as it may, however many come at once', async () => {
        const { invite } = await storedInvite(adapters, { maxUses: 5, uses: 0, expiresAt: null });
        const users = await Promise.all(Array.from({ length: 20 }, newUserId));
        const used = await Promise.all(
          users.map((userId) =>
            adapters.transaction
              .run(async () => {
                if (await adapters.invites.use(invite.id, userId, aMoment())) return true;
                throw new Error('full');
              })
              .catch(() => false),
          ),
        );
        expect(used.filter(Boolean)).to.have.length(5);
        expect(await usesOf(invite.id)).to.equal(5);
      });
    });

    it('removes one, and says whether it was there', async () => {
      const { invite } = await storedInvite(adapters);
      const other = await storedInvite(adapters);
      expect(await adapters.invites.remove(invite.id)).to.equal(true);
      expect(await adapters.invites.remove(invite.id)).to.equal(false);
      expect(await adapters.invites.find({ id: invite.id })).to.equal(null);
      expect(await usesOf(other.invite.id)).to.equal(3);
    });

    it('removes all that one member has made in one campaign, and no others', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const { userId } = await storedMember(adapters, { campaignId, role: 'gm' });
      const elsewhere = await storedCampaign(adapters);
      const mine = [
        await storedInvite(adapters, { campaignId, createdBy: userId }),
        await storedInvite(adapters, { campaignId, createdBy: userId }),
      ];
      const others = [
        await storedInvite(adapters, { campaignId, createdBy: ownerId }),
        await storedInvite(adapters, { campaignId: elsewhere.id, createdBy: userId }),
      ];
      await adapters.invites.removeAllBy(campaignId, userId);
      for (const { invite } of mine) expect(await adapters.invites.find({ id: invite.id })).to.equal(null);
      for (const { invite } of others) expect(await adapters.invites.find({ id: invite.id })).to.deep.equal(invite);
    });
  });
}
