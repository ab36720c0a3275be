import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import type { MemoryQuotas } from './memory-quotas.ts';
import { type MemoryStore, expectNextVersion } from './memory-store.ts';

export function makeMemoryCampaignRepository(store: MemoryStore, quotas: MemoryQuotas): CampaignRepository {
  const get: CampaignRepository['getForUpdate'] = (id) =>
    store.read(({ campaigns }) => {
      const campaign = campaigns.get(id);
      if (campaign === undefined) throw notFound();
      return campaign;
    });
  return {
    expectRoom: (ownerId) =>
      store.write((state) => {
        quotas.expectCampaign(state, ownerId);
      }),
    add: (campaign) =>
      store.write((state) => {
        quotas.within(state, campaign.id, () => state.campaigns.set(campaign.id, campaign));
      }),
    save: (campaign) =>
      store.write((state) => {
        expectNextVersion(state.campaigns.get(campaign.id), campaign);
        quotas.within(state, campaign.id, () => state.campaigns.set(campaign.id, campaign));
      }),
    getForUpdate: get,
    timeZoneOf: async (id) => (await get(id)).timeZone,
    takeSessionNumber: async (campaignId, wanted) => {
      const number = await store.write(({ campaigns, sessionNumbers }) => {
        if (!campaigns.has(campaignId)) return null;
        const highest = sessionNumbers.get(campaignId) ?? 0;
        const taken = wanted ?? highest + 1;
        sessionNumbers.set(campaignId, Math.max(highest, taken));
        return taken;
      });
      if (number === null) throw notFound();
      return number;
    },
  };
}
