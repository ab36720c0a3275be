import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { CAMPAIGN_STATUSES, type Campaign } from '../../core/campaigns/campaign.ts';
import type { Adapters } from './adapters.ts';
import { aCampaign, aMoment } from './builders.ts';
import { codeOf, outcomesOf } from './fault-of.ts';
import { storedCampaign, storedUser } from './stored.ts';

export function describeCampaignRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`campaign repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    const get = (id: string): Promise<Campaign> => adapters.transaction.run(() => adapters.campaigns.getForUpdate(id));
    const take = (campaignId: string, wanted: number | null): Promise<number> =>
      adapters.transaction.run(() => adapters.campaigns.takeSessionNumber(campaignId, wanted));

    it('gives back every field as it was added', async () => {
      const campaign = await storedCampaign(adapters);

      expect(await get(campaign.id)).to.deep.equal(campaign);
    });

    it('gives back what is empty as null', async () => {
      const empty = { description: null, setting: null, theme: null, tone: null, system: null };
      const campaign = await storedCampaign(adapters, empty);

      expect(await get(campaign.id)).to.deep.equal(campaign);
    });

    it('gives back every status', async () => {
      for (const status of CAMPAIGN_STATUSES) {
        const campaign = await storedCampaign(adapters, { status });
        expect((await get(campaign.id)).status).to.equal(status);
      }
    });

    it('gives back a campaign from the trash', async () => {
      const campaign = await storedCampaign(adapters, { deletedAt: aMoment() });

      expect(await get(campaign.id)).to.deep.equal(campaign);
    });

    it('gives back a long description', async () => {
      const campaign = await storedCampaign(adapters, { description: 'ü🐉'.repeat(33_333) });

      expect((await get(campaign.id)).description).to.equal(campaign.description);
    });

    it('refuses to get an unknown campaign', async () => {
      expect(await codeOf(get(uuid()))).to.equal('not_found');
    });

    it('saves every changed field of one campaign and of no other', async () => {
      const other = await storedCampaign(adapters);
      const campaign = await storedCampaign(adapters);
      const { id: ownerId } = await storedUser(adapters);
      const changed = aCampaign({
        ownerId,
        id: campaign.id,
        createdAt: campaign.createdAt,
        playerCount: 20,
        partyLevel: 30,
        timeZone: 'Asia/Tokyo',
        status: 'archived',
        deletedAt: aMoment(),
        version: 2,
      });
      await adapters.campaigns.save(changed);

      expect(await get(campaign.id)).to.deep.equal(changed);
      expect(await get(other.id)).to.deep.equal(other);
    });

    it('saves that fields were emptied and that it left the trash', async () => {
      const campaign = await storedCampaign(adapters, { deletedAt: aMoment() });
      const changed: Campaign = {
        ...campaign,
        ...{ description: null, setting: null, theme: null, tone: null, system: null, deletedAt: null },
        version: 2,
      };
      await adapters.campaigns.save(changed);

      expect(await get(campaign.id)).to.deep.equal(changed);
    });

    it('refuses to save any version but the next, and changes nothing', async () => {
      const campaign = await storedCampaign(adapters);
      const second = { ...campaign, name: 'Second', version: 2 };
      await adapters.campaigns.save(second);

      for (const version of [1, 2, 4]) {
        const stale = { ...campaign, name: 'Stale', version };
        expect(await codeOf(adapters.campaigns.save(stale)), `version ${version}`).to.equal('version_conflict');
      }
      expect(await get(campaign.id)).to.deep.equal(second);
    });

    it('refuses to save a campaign that was never added', async () => {
      const { id: ownerId } = await storedUser(adapters);
      const campaign = aCampaign({ ownerId, version: 2 });

      expect(await codeOf(adapters.campaigns.save(campaign))).to.equal('version_conflict');
      expect(await codeOf(get(campaign.id))).to.equal('not_found');
    });

    it('takes one of 20 changes of the same version that are saved at once', async () => {
      const campaign = await storedCampaign(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, (_, index) =>
          adapters.campaigns.save({ ...campaign, name: `Name ${index}`, version: 2 }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 1, version_conflict: 19 });
    });

    it('lets 10 transactions that get a campaign for update change it one after the other', async () => {
      const { campaigns, transaction } = adapters;
      const campaign = await storedCampaign(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, () =>
          transaction.run(async () => {
            const current = await campaigns.getForUpdate(campaign.id);
            await campaigns.save({ ...current, version: current.version + 1 });
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 10 });
      expect((await get(campaign.id)).version).to.equal(11);
    });

    it('tells the time zone of a campaign, and of no unknown one', async () => {
      const { id } = await storedCampaign(adapters, { timeZone: 'Asia/Kathmandu' });

      expect(await adapters.campaigns.timeZoneOf(id)).to.equal('Asia/Kathmandu');
      expect(await codeOf(adapters.campaigns.timeZoneOf(uuid()))).to.equal('not_found');
    });

    it('gives session numbers from 1, in each campaign on its own', async () => {
      const first = await storedCampaign(adapters);
      const second = await storedCampaign(adapters);

      expect(await take(first.id, null)).to.equal(1);
      expect(await take(first.id, null)).to.equal(2);
      expect(await take(second.id, null)).to.equal(1);
      expect(await take(first.id, null)).to.equal(3);
    });

    it('gives a wanted session number and goes on from there', async () => {
      const { id } = await storedCampaign(adapters);

      expect(await take(id, 7)).to.equal(7);
      expect(await take(id, null)).to.equal(8);
    });

    it('goes on from the highest number when a lower one was wanted', async () => {
      const { id } = await storedCampaign(adapters);
      await take(id, 7);

      expect(await take(id, 3)).to.equal(3);
      expect(await take(id, 7)).to.equal(7);
      expect(await take(id, null)).to.equal(8);
    });

    it('has no session numbers of an unknown campaign', async () => {
      expect(await codeOf(take(uuid(), null))).to.equal('not_found');
      expect(await codeOf(take(uuid(), 7))).to.equal('not_found');
    });

    it('gives 20 callers at once the numbers 1 to 20', async () => {
      const { id } = await storedCampaign(adapters);
      const numbers = await Promise.all(Array.from({ length: 20 }, () => take(id, null)));

      expect(numbers.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it('gives a session number back when its transaction fails, others waiting for it or not', async () => {
      const { campaigns, transaction } = adapters;
      const { id } = await storedCampaign(adapters);
      const failing = Array.from({ length: 5 }, () =>
        transaction.run(async () => {
          await campaigns.takeSessionNumber(id, null);
          throw new Error('the work failed');
        }),
      );
      const succeeding = Array.from({ length: 5 }, () => take(id, null));
      await Promise.allSettled(failing);

      expect((await Promise.all(succeeding)).sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 4, 5]);
      expect(await take(id, null)).to.equal(6);
    });

    it('does not count a taken session number as a change of the campaign', async () => {
      const campaign = await storedCampaign(adapters);
      await take(campaign.id, 5);

      expect(await get(campaign.id)).to.deep.equal(campaign);
    });

    it('keeps the highest session number when the campaign is saved', async () => {
      const campaign = await storedCampaign(adapters);
      await take(campaign.id, 5);
      await adapters.campaigns.save({ ...campaign, name: 'Other', version: 2 });

      expect(await take(campaign.id, null)).to.equal(6);
    });
  });
}
