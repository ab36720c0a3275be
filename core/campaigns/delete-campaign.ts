import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AuthorizeBehind } from '../members/authorize.ts';
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
  readonly authorizeBehind: AuthorizeBehind;
  readonly campaigns: CampaignRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeDeleteCampaign({ audit, authorizeBehind, campaigns, clock, transaction }: Deps): DeleteCampaign {
  return (actor, { campaignId, expectedVersions }) =>
    transaction.run(async () => {
      const [campaign] = await authorizeBehind(actor, campaignId, 'campaign:delete', () =>
        campaigns.getForUpdate(campaignId),
      );
      expectVersion(expectPresent(campaign), expectedVersions);
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
