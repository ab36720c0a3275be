import type { MemberRepository } from '../members/member-repository.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type Campaign, type CampaignDetails, newCampaign } from './campaign.ts';
import type { CampaignRepository } from './campaign-repository.ts';

/** Every signed-in user may; the creator is the first owner. @throws DomainError `validation_failed`, `limit_reached`, `invalid_token` */
export type CreateCampaign = (actor: Actor, input: CampaignDetails) => Promise<Seen<Campaign>>;

interface Deps {
  readonly campaigns: CampaignRepository;
  readonly members: MemberRepository;
  readonly prove: Prove;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeCreateCampaign({ campaigns, members, prove, ids, clock, transaction }: Deps): CreateCampaign {
  return async (actor, input) => {
    const now = clock.now();
    const campaign = newCampaign(ids.next(), actor.userId, input, now);
    await transaction.run(async () => {
      await campaigns.expectRoom(actor.userId);
      await campaigns.add(campaign);
      await members.add({ campaignId: campaign.id, userId: actor.userId, role: 'owner', joinedAt: now });
      // It may have waited, behind the lock of the quota.
      await prove(actor);
    });
    return { value: campaign, role: 'owner' };
  };
}
