import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';
import { type Campaign, CAMPAIGN_STATUSES } from '../../core/campaigns/campaign.ts';
import type { CampaignRepository } from '../../core/campaigns/campaign-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import { campaignTag, userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { type Values, prepareChange } from './prepared-statement.ts';
import { prepareInsert, prepareSave } from './row-statements.ts';
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
  const insert = prepareInsert<Row>(database, CampaignRow);
  const insertCounter = prepareInsert<CampaignTables['session_counters']>(database, SessionCounterRow);
  const update = prepareSave<Row>(database, CampaignRow);
  const locked = prepareChange(database, lockedCampaign);
  const count = prepareChange(database, nextNumber);
  const membersOf = async (id: string): Promise<readonly string[]> => {
    const statement = 'select user_id from members where campaign_id = $1';
    const members = await database.execute<{ user_id: string }>(statement, [id]);
    return members.map(({ user_id }) => user_id);
  };
  return {
    add: async (campaign) => {
      await insert(toRow(campaign));
      await insertCounter({ campaign_id: campaign.id, last: 0 });
    },
    save: async (campaign) => {
      await update(toRow(campaign));
      // It may now be on a list on which it was not, or off one.
      await database.changed(campaignTag(campaign.id), ...(await membersOf(campaign.id)).map(userTag));
    },
    getForUpdate: async (id) => {
      const [row] = await locked({ id });
      if (row === undefined) throw notFound();
      return toCampaign(row);
    },
    takeSessionNumber: async (campaignId, wanted) => {
      const [counter] = await count({ campaignId, wanted });
      if (counter === undefined) throw notFound();
      return wanted ?? counter.last;
    },
  };
}

type Row = CampaignTables['campaigns'];

function lockedCampaign(tables: Kysely<CampaignTables>, { of }: Values<{ readonly id: string }>) {
  return tables.selectFrom('campaigns').selectAll().where('id', '=', of('id')).forNoKeyUpdate();
}

/** The counter goes up by one, or to the number that is wanted if that is higher. */
function nextNumber(
  tables: Kysely<CampaignTables>,
  { has, of }: Values<{ readonly campaignId: string; readonly wanted: number | null }>,
) {
  return tables
    .updateTable('session_counters')
    .set({ last: has('wanted') ? sql`greatest(last, ${of('wanted')})` : sql`last + 1` })
    .where('campaign_id', '=', of('campaignId'))
    .returning('last');
}

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
