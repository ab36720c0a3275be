import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { ROLES } from '../../core/members/role.ts';
import type { Adapters } from './adapters.ts';
import { aMember, aMoment } from './builders.ts';
import { storedCampaign, storedMember, storedUser } from './stored.ts';

export function describeMemberRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`member repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    const ownersOf = (campaignId: string): Promise<readonly string[]> =>
      adapters.transaction.run(async () => {
        const owners = await adapters.members.ownersForUpdate(campaignId);
        return owners.map(({ userId }) => userId);
      });

    it('gives back a member of every role as it was added', async () => {
      const { id: campaignId } = await storedCampaign(adapters);

      for (const role of ROLES) {
        const member = await storedMember(adapters, { campaignId, role });
        expect(await adapters.members.find(campaignId, member.userId)).to.deep.equal(member);
        expect(await adapters.members.findEvenInTrash(campaignId, member.userId)).to.deep.equal(member);
      }
    });

    it('lets join who is no member, and leaves as it is who is one', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const { id: userId } = await storedUser(adapters);
      const member = aMember({ campaignId, userId, role: 'viewer' });

      expect(await adapters.members.join(member)).to.equal(true);
      expect(await adapters.members.join({ ...member, role: 'gm' })).to.equal(false);
      expect(await adapters.members.join(aMember({ campaignId, userId: ownerId, role: 'player' }))).to.equal(false);
      expect(await adapters.members.find(campaignId, userId)).to.deep.equal(member);
      expect((await adapters.members.find(campaignId, ownerId))?.role).to.equal('owner');
    });

    it('answers null for who is no member of this campaign, and for an unknown campaign', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      const other = await storedCampaign(adapters);

      for (const find of [adapters.members.find, adapters.members.findEvenInTrash]) {
        expect(await find(campaignId, other.ownerId)).to.equal(null);
        expect(await find(campaignId, uuid())).to.equal(null);
        expect(await find(uuid(), other.ownerId)).to.equal(null);
      }
    });

    it('finds the members of a campaign in the trash only when asked to look there', async () => {
      const campaign = await storedCampaign(adapters);
      const member = await storedMember(adapters, { campaignId: campaign.id });
      await adapters.campaigns.save({ ...campaign, deletedAt: aMoment(), version: 2 });

      expect(await adapters.members.find(campaign.id, member.userId)).to.equal(null);
      expect(await adapters.members.findEvenInTrash(campaign.id, member.userId)).to.deep.equal(member);
    });

    it('names the owners, all of them and nobody else, the first to join first', async () => {
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      await storedCampaign(adapters);
      const early = new Date('2026-01-01T00:00:00.001Z');
      const late = new Date('2027-01-01T00:00:00.001Z');
      const last = await storedMember(adapters, { campaignId, role: 'owner', joinedAt: late });
      const first = await storedMember(adapters, { campaignId, role: 'owner', joinedAt: early });
      for (const role of ['gm', 'player', 'viewer'] as const) await storedMember(adapters, { campaignId, role });

      expect(await ownersOf(campaignId)).to.deep.equal([first.userId, ownerId, last.userId]);
      const owners = await adapters.transaction.run(() => adapters.members.ownersForUpdate(campaignId));
      expect(owners[0]).to.deep.equal(first);
    });

    it('names the owners of a campaign in the trash as well', async () => {
      const campaign = await storedCampaign(adapters, { deletedAt: aMoment() });

      expect(await ownersOf(campaign.id)).to.deep.equal([campaign.ownerId]);
    });

    it('names no owners of an unknown campaign', async () => {
      expect(await ownersOf(uuid())).to.deep.equal([]);
    });

    it('lets one owner stay when all of them leave at once', async () => {
      const { members, transaction } = adapters;
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const userIds = [ownerId];
      for (let i = 0; i < 9; i += 1) {
        userIds.push((await storedMember(adapters, { campaignId, role: 'owner' })).userId);
      }
      const left = await Promise.all(
        userIds.map((userId) =>
          transaction.run(async () => {
            const owners = await members.ownersForUpdate(campaignId);
            if (owners.length < 2) return false;
            await members.remove(campaignId, userId);
            return true;
          }),
        ),
      );

      expect(left.filter((leaves) => leaves)).to.have.lengthOf(9);
      expect(await ownersOf(campaignId)).to.have.lengthOf(1);
    });

    it('lets one owner stay when one demotes itself while another leaves', async () => {
      const { members, transaction } = adapters;
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const second = await storedMember(adapters, { campaignId, role: 'owner' });
      const leave = (work: () => Promise<void>): Promise<void> =>
        transaction.run(async () => {
          if ((await members.ownersForUpdate(campaignId)).length > 1) await work();
        });
      await Promise.all([
        leave(() => members.setRole(campaignId, ownerId, 'viewer')),
        leave(() => members.remove(campaignId, second.userId)),
      ]);

      expect(await ownersOf(campaignId)).to.have.lengthOf(1);
    });

    it('tells which of some users are members of one campaign', async () => {
      const { members } = adapters;
      const { id: campaignId, ownerId } = await storedCampaign(adapters);
      const { userId } = await storedMember(adapters, { campaignId });
      const { ownerId: another } = await storedCampaign(adapters);
      const asked = [another, userId, uuid(), ownerId, userId];

      expect([...(await members.membersAmong(campaignId, asked))]).to.have.members([userId, ownerId]);
      expect(await members.membersAmong(campaignId, [another])).to.deep.equal(new Set());
      expect(await members.membersAmong(uuid(), asked)).to.deep.equal(new Set());
    });

    it('sets the role of one member in one campaign and nothing else', async () => {
      const { members } = adapters;
      const user = await storedUser(adapters);
      const first = await storedCampaign(adapters);
      const second = await storedCampaign(adapters);
      const changed = await storedMember(adapters, { campaignId: first.id, userId: user.id });
      const other = await storedMember(adapters, { campaignId: first.id });
      const elsewhere = await storedMember(adapters, { campaignId: second.id, userId: user.id });

      for (const role of ROLES) {
        await members.setRole(first.id, user.id, role);
        expect(await members.find(first.id, user.id)).to.deep.equal({ ...changed, role });
      }
      expect(await members.find(first.id, other.userId)).to.deep.equal(other);
      expect(await members.find(second.id, user.id)).to.deep.equal(elsewhere);
    });

    it('removes one member from one campaign and nobody else', async () => {
      const { members } = adapters;
      const user = await storedUser(adapters);
      const first = await storedCampaign(adapters);
      const second = await storedCampaign(adapters);
      await storedMember(adapters, { campaignId: first.id, userId: user.id });
      const other = await storedMember(adapters, { campaignId: first.id });
      const elsewhere = await storedMember(adapters, { campaignId: second.id, userId: user.id });
      await members.remove(first.id, user.id);

      expect(await members.find(first.id, user.id)).to.equal(null);
      expect(await members.find(first.id, other.userId)).to.deep.equal(other);
      expect(await members.find(second.id, user.id)).to.deep.equal(elsewhere);
    });

    it('takes back a member who was removed', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      const { userId } = await storedMember(adapters, { campaignId });
      await adapters.members.remove(campaignId, userId);
      const again = aMember({ campaignId, userId, role: 'gm' });
      await adapters.members.add(again);

      expect(await adapters.members.find(campaignId, userId)).to.deep.equal(again);
    });

    it('sets the first owner as a change of the campaign, so that its version tells', async () => {
      const { campaigns, members, transaction } = adapters;
      const other = await storedCampaign(adapters);
      const campaign = await storedCampaign(adapters);
      const { userId } = await storedMember(adapters, { campaignId: campaign.id, role: 'owner' });
      await members.setFirstOwner(campaign.id, userId);

      const changed = await transaction.run(() => campaigns.getForUpdate(campaign.id));
      expect(changed).to.deep.equal({ ...campaign, ownerId: userId, version: 2 });
      expect(await transaction.run(() => campaigns.getForUpdate(other.id))).to.deep.equal(other);
    });
  });
}
