import { type Actor } from '../shared/actor.ts';
import { type Clock } from '../shared/clock.ts';
import { notFound } from '../shared/errors.ts';
import { type CampaignQueries, type CampaignSummary } from './campaign-queries.ts';

/** A campaign at a glance, seen from the present moment. @throws DomainError `not_found` */
export type SummarizeCampaign = (actor: Actor, input: { readonly campaignId: string }) => Promise<CampaignSummary>;

interface Deps {
  readonly campaigns: Pick<CampaignQueries, 'summary'>;
  readonly clock: Clock;
}

export function makeSummarizeCampaign({ campaigns, clock }: Deps): SummarizeCampaign {
  return async (actor, { campaignId }) => {
    const summary = await campaigns.summary(actor.userId, campaignId, clock.now());
    if (summary === null) throw notFound();
    return summary;
  };
}
