import type { Authorize, AuthorizeBehind } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { expectVersion } from '../shared/version.ts';
import { type Campaign, type CampaignChanges, updated } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';

/** @throws DomainError `not_found`, `forbidden`, `version_conflict`, `validation_failed` */
export type UpdateCampaign = (
  actor: Actor,
  input: {
    readonly campaignId: string;
    readonly changes: CampaignChanges;
    readonly expectedVersions: readonly number[] | null;
  },
) => Promise<Seen<Campaign>>;

interface Deps {
  readonly authorize: Authorize;
  readonly authorizeBehind: AuthorizeBehind;
  readonly campaigns: CampaignRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeUpdateCampaign({
  authorize,
  authorizeBehind,
  campaigns,
  clock,
  transaction,
}: Deps): UpdateCampaign {
  return (actor, { campaignId, changes, expectedVersions }) =>
    transaction.run(async () => {
      const [campaign, role] = await authorizeBehind(actor, campaignId, 'campaign:update', () =>
        campaigns.getForUpdate(campaignId),
      );
      expectVersion(expectPresent(campaign), expectedVersions);
      const value = updated(campaign, changes, clock.now());
      // Behind the count of its owner's bytes, which saving waits for, the sender may be shut out as well.
      if (value !== campaign) {
        await Promise.all([campaigns.save(value), authorize(actor, campaignId, 'campaign:update')]);
      }
      return { value, role };
    });
}
