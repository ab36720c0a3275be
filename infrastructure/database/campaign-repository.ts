import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type Campaign, CAMPAIGN_STATUSES } from '../../core/campaigns/campaign.ts';
import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import { campaignTag, userTag } from './change-feed/tag.ts';
import { expectOne } from './constraint.ts';
import type { Database } from './database.ts';
import { UserRow } from './user-repository.ts';

export const CampaignRow = defineEntity({
  name: 'CampaignRow',
  tableName: 'campaigns',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    description: p.text().nullable(),
    setting: p.text().nullable(),
    theme: p.text().nullable(),
    tone: p.text().nullable(),
    system: p.text().nullable(),
    player_count: p.integer(),
    party_level: p.integer(),
    status: p.text().$type<Campaign['status']>(),
    owner_id: () => p.manyToOne(UserRow).mapToPk().fieldName('owner_id').deleteRule('restrict').updateRule('no action'),
    created_at: p.datetime(3),
    updated_at: p.datetime(3),
    deleted_at: p.datetime(3).nullable(),
    version: p.integer(),
  },
  indexes: [{ name: 'campaigns_owner_id_index', properties: ['owner_id'] }],
  checks: [
    { name: 'campaigns_name_check', expression: 'length(name) >= 1 and length(name) <= 255' },
    { name: 'campaigns_description_check', expression: 'length(description) <= 100000' },
    { name: 'campaigns_player_count_check', expression: 'player_count >= 1 and player_count <= 20' },
    { name: 'campaigns_party_level_check', expression: 'party_level >= 1 and party_level <= 30' },
    {
      name: 'campaigns_status_check',
      expression: `status in (${CAMPAIGN_STATUSES.map((status) => `'${status}'`).join(', ')})`,
    },
  ],
});

/** The highest session number of each campaign, in a row of its own, so that counting does not lock the campaign. */
export const SessionCounterRow = defineEntity({
  name: 'SessionCounterRow',
  tableName: 'session_counters',
  properties: {
    campaign_id: () =>
      p
        .manyToOne(CampaignRow)
        .mapToPk()
        .primary()
        .fieldName('campaign_id')
        .deleteRule('cascade')
        .updateRule('no action'),
    last: p.integer(),
  },
  checks: [{ name: 'session_counters_last_check', expression: 'last >= 0' }],
});

export type CampaignTables = InferKyselyDB<typeof CampaignRow | typeof SessionCounterRow>;

export function makeCampaignRepository(database: Database): CampaignRepository {
  const tables = () => database.em().getKysely<CampaignTables>();
  const membersOf = async (id: string): Promise<readonly string[]> => {
    const statement = 'select user_id from members where campaign_id = ?';
    const members = await database.em().execute<{ user_id: string }[]>(statement, [id]);
    return members.map(({ user_id }) => user_id);
  };
  return {
    add: async (campaign) => {
      await database.em().insert(CampaignRow, toRow(campaign));
      await database.em().insert(SessionCounterRow, { campaign_id: campaign.id, last: 0 });
    },
    save: async (campaign) => {
      const { id, ...changes } = toRow(campaign);
      expectOne(await database.em().nativeUpdate(CampaignRow, { id, version: campaign.version - 1 }, changes));
      // It may now be on a list on which it was not, or off one.
      await database.changed(campaignTag(id), ...(await membersOf(id)).map(userTag));
    },
    getForUpdate: async (id) => {
      const row = await tables()
        .selectFrom('campaigns')
        .selectAll()
        .where('id', '=', id)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (row === undefined) throw notFound();
      return toCampaign(row);
    },
    takeSessionNumber: async (campaignId, wanted) => {
      const counter = await tables()
        .updateTable('session_counters')
        .set({ last: wanted === null ? sql`last + 1` : sql`greatest(last, ${wanted})` })
        .where('campaign_id', '=', campaignId)
        .returning('last')
        .executeTakeFirst();
      if (counter === undefined) throw notFound();
      return wanted ?? counter.last;
    },
  };
}

type Row = CampaignTables['campaigns'];

/** The entity that a row, or a wider one, holds. */
export function toCampaign(row: Row): Campaign {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    setting: row.setting,
    theme: row.theme,
    tone: row.tone,
    system: row.system,
    playerCount: row.player_count,
    partyLevel: row.party_level,
    status: row.status,
    ownerId: row.owner_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    version: row.version,
  };
}

function toRow(campaign: Campaign): Row {
  return {
    id: campaign.id,
    name: campaign.name,
    description: campaign.description,
    setting: campaign.setting,
    theme: campaign.theme,
    tone: campaign.tone,
    system: campaign.system,
    player_count: campaign.playerCount,
    party_level: campaign.partyLevel,
    status: campaign.status,
    owner_id: campaign.ownerId,
    created_at: campaign.createdAt,
    updated_at: campaign.updatedAt,
    deleted_at: campaign.deletedAt,
    version: campaign.version,
  };
}
