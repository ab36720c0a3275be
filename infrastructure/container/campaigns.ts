import { campaignOperations } from '../../adapters/operations/campaigns.ts';
import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { makeCreateCampaign } from '../../core/campaigns/create-campaign.ts';
import { makeDeleteCampaign } from '../../core/campaigns/delete-campaign.ts';
import { makeRestoreCampaign } from '../../core/campaigns/restore-campaign.ts';
import { makeSummarizeCampaign } from '../../core/campaigns/summarize-campaign.ts';
import { makeUpdateCampaign } from '../../core/campaigns/update-campaign.ts';
import { makeCampaignQueries } from '../database/campaign-queries.ts';
import { CampaignRow, SessionCounterRow, makeCampaignRepository } from '../database/campaign-repository.ts';
import { entryTables } from '../database/entry-row.ts';
import { AUDIT } from './audit.ts';
import { type Feature, token } from './binder.ts';
import { AUTHORIZE, AUTHORIZE_BEHIND, MEMBERS } from './members.ts';
import { CLOCK, DATABASE, IDS, PROVE, QUOTAS, READER, ROWS, TRANSACTION } from './shared.ts';

export const CAMPAIGNS = token<CampaignRepository>('campaigns');

export const campaigns: Feature = {
  rows: [CampaignRow, SessionCounterRow],
  register: ({ provide, make, serve }) => {
    provide(CAMPAIGNS, { database: DATABASE, quotas: QUOTAS }, ({ database, quotas }) =>
      makeCampaignRepository(database, quotas),
    );
    const queries = make({ reader: READER, rows: ROWS }, ({ reader, rows }) =>
      makeCampaignQueries(reader, entryTables(rows)),
    );
    const change = {
      audit: AUDIT,
      authorize: AUTHORIZE,
      authorizeBehind: AUTHORIZE_BEHIND,
      campaigns: CAMPAIGNS,
      clock: CLOCK,
      transaction: TRANSACTION,
    };
    const services = make(
      {
        create: make(
          { campaigns: CAMPAIGNS, members: MEMBERS, prove: PROVE, ids: IDS, clock: CLOCK, transaction: TRANSACTION },
          makeCreateCampaign,
        ),
        update: make(change, makeUpdateCampaign),
        delete: make(change, makeDeleteCampaign),
        restore: make(change, makeRestoreCampaign),
        summarize: make({ campaigns: queries, clock: CLOCK }, makeSummarizeCampaign),
        queries,
      },
      (made) => ({ campaigns: made }),
    );
    serve(campaignOperations, services);
  },
};
