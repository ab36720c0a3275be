import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Authorize, AuthorizeBehind } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import { type Campaign, restored } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';

/**
 * Takes it out of the trash; one that is not there stays as it is.
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`, `limit_reached`
 */
export type RestoreCampaign = (
  actor: Actor,
  input: Expecting & { readonly campaignId: string },
) => Promise<Seen<Campaign>>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly authorizeBehind: AuthorizeBehind;
  readonly campaigns: CampaignRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeRestoreCampaign({
  audit,
  authorize,
  authorizeBehind,
  campaigns,
  clock,
  transaction,
}: Deps): RestoreCampaign {
  return (actor, { campaignId, expectedVersions }) =>
    transaction.run(async () => {
      const [campaign, role] = await authorizeBehind(actor, campaignId, 'campaign:restore', () =>
        campaigns.getForUpdate(campaignId),
      );
      const value = restored(campaign, clock.now());
      expectVersion(campaign, expectedVersions);
      if (value !== campaign) {
        await campaigns.expectRoom(value.ownerId);
        // Behind the lock of the quota the sender may be shut out as well.
        await Promise.all([campaigns.save(value), authorize(actor, campaignId, 'campaign:restore')]);
        await audit.record({
          actorId: actor.userId,
          action: 'restored',
          subjectKind: 'campaign',
          subjectId: campaignId,
          campaignId,
        });
      }
      return { value, role };
    });
}
