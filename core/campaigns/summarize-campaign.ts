import type { Viewer } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound } from '../shared/errors.ts';
import type { CampaignQueries, CampaignSummary } from './campaign-queries.ts';

/** A campaign at a glance, seen from the present moment. @throws DomainError `not_found` */
export type SummarizeCampaign = (viewer: Viewer, input: { readonly campaignId: string }) => Promise<CampaignSummary>;

interface Deps {
  readonly campaigns: Pick<CampaignQueries, 'summary'>;
  readonly clock: Clock;
}

export function makeSummarizeCampaign({ campaigns, clock }: Deps): SummarizeCampaign {
  return async (viewer, { campaignId }) => {
    const summary = await campaigns.summary(viewer, campaignId, clock.now());
    if (summary === null) throw notFound();
    return summary;
  };
}
