import { defineEntity, p } from '@mikro-orm/postgresql';
import { type Campaign, CAMPAIGN_STATUSES } from '../../core/campaigns/campaign.ts';
import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import { campaignTag, userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { type Quotas, countsBytes, movesBytes } from './quotas.ts';
import { isBetween, isOneOf } from './row-schema.ts';
import { entityColumns } from './search-column.ts';
import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const CampaignRow = defineEntity({
  name: 'CampaignRow',
  tableName: 'campaigns',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    searchKey: p.text().nullable(),
    description: p.text().nullable(),
    setting: p.text().nullable(),
    theme: p.text().nullable(),
    tone: p.text().nullable(),
    system: p.text().nullable(),
    playerCount: p.integer(),
    partyLevel: p.integer(),
    timeZone: p.text().default('UTC'),
    status: p.text().$type<Campaign['status']>(),
    ownerId: () => p.manyToOne(UserRow).mapToPk().deleteRule('restrict').updateRule('no action'),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    deletedAt: p.datetime(3).nullable(),
    version: p.integer(),
  },
  indexes: [{ name: 'campaigns_owner_id_index', properties: ['ownerId'] }],
  checks: [
    { name: 'campaigns_name_check', expression: isBetween('length(name)', 1, 255) },
    { name: 'campaigns_description_check', expression: 'length(description) <= 100000' },
    { name: 'campaigns_player_count_check', expression: isBetween('player_count', 1, 20) },
    { name: 'campaigns_party_level_check', expression: isBetween('party_level', 1, 30) },
    {
      name: 'campaigns_status_check',
      expression: isOneOf('status', CAMPAIGN_STATUSES),
    },
  ],
  triggers: [countsBytes, movesBytes],
});

/**
 * The highest session number of each campaign, and how many sessions it has outside of the trash, in a row of its own, so
 * that counting does not lock the campaign. The triggers `counts_sessions_…` keep `total` and `completed`.
 */
export const SessionCounterRow = defineEntity({
  name: 'SessionCounterRow',
  tableName: 'session_counters',
  properties: {
    campaignId: () => p.manyToOne(CampaignRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    last: p.integer(),
    total: p.integer().default(0),
    completed: p.integer().default(0),
  },
  checks: [{ name: 'session_counters_last_check', expression: 'last >= 0' }],
});

export function makeCampaignRepository(database: Database, quotas: Quotas): CampaignRepository {
  const campaigns = makeTable(database, CampaignRow);
  const counters = makeTable(database, SessionCounterRow);
  const columns = entityColumns(database, CampaignRow, 'campaigns');
  const locked = prepareText<Campaign>(database, `select ${columns} from campaigns where id = $1 for no key update`);
  const zoneOf = prepareText<{ readonly timeZone: string }>(database, 'select time_zone from campaigns where id = $1');
  // The counter goes up by one, or to the number that is wanted if that is higher.
  const count = prepareText<{ readonly last: number }>(
    database,
    `update session_counters set last = case when $2::integer is null then last + 1 else greatest(last, $2) end
    where campaign_id = $1 returning last`,
  );
  const members = prepareText<{ readonly userId: string }>(
    database,
    'select user_id from members where campaign_id = $1',
  );
  return {
    expectRoom: (ownerId) => quotas.campaign(ownerId),
    add: async (campaign) => {
      await campaigns.insert({ ...campaign, searchKey: searchKey(campaign.name) });
      await quotas.bytes(campaign.id);
      await counters.insert({ campaignId: campaign.id, last: 0, total: 0, completed: 0 });
    },
    save: async (campaign) => {
      await campaigns.save({ ...campaign, searchKey: searchKey(campaign.name) });
      await quotas.bytes(campaign.id);
      const ids = (await members(campaign.id)).map(({ userId }) => userId);
      // It may now be on a list on which it was not, or off one.
      await database.changed(campaignTag(campaign.id), ...ids.map(userTag));
    },
    getForUpdate: async (id) => {
      const [campaign] = await locked(id);
      if (campaign === undefined) throw notFound();
      return campaign;
    },
    timeZoneOf: async (id) => {
      const [campaign] = await zoneOf(id);
      if (campaign === undefined) throw notFound();
      return campaign.timeZone;
    },
    takeSessionNumber: async (campaignId, wanted) => {
      const [counter] = await count(campaignId, wanted);
      if (counter === undefined) throw notFound();
      return wanted ?? counter.last;
    },
  };
}
