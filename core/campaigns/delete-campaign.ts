import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Authorize } from '../members/authorize.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { expectVersion } from '../shared/version.ts';
import { trashed } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';

/** Moves it to the trash, with all that is in it. @throws DomainError `not_found`, `forbidden`, `version_conflict` */
export type DeleteCampaign = (
  actor: Actor,
  input: { readonly campaignId: string; readonly expectedVersions: readonly number[] | null },
) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly campaigns: CampaignRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeDeleteCampaign({ audit, authorize, campaigns, clock, transaction }: Deps): DeleteCampaign {
  return (actor, { campaignId, expectedVersions }) =>
    transaction.run(async () => {
      await authorize(actor, campaignId, 'campaign:delete');
      const campaign = expectPresent(await campaigns.getForUpdate(campaignId));
      expectVersion(campaign, expectedVersions);
      await campaigns.save(trashed(campaign, clock.now()));
      await audit.record({
        actorId: actor.userId,
        action: 'deleted',
        subjectKind: 'campaign',
        subjectId: campaignId,
        campaignId,
      });
    });
}
