import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type { Member } from '../../core/members/member.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import { ROLES } from '../../core/members/role.ts';
import { CampaignRow } from './campaign-repository.ts';
import { campaignTag, userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { type Values, prepare } from './prepared-statement.ts';
import { prepareInsert } from './row-statements.ts';
import { UserRow } from './user-repository.ts';

export const MemberRow = defineEntity({
  name: 'MemberRow',
  tableName: 'members',
  properties: {
    campaign_id: () =>
      p
        .manyToOne(CampaignRow)
        .mapToPk()
        .primary()
        .fieldName('campaign_id')
        .deleteRule('cascade')
        .updateRule('no action'),
    user_id: () =>
      p.manyToOne(UserRow).mapToPk().primary().fieldName('user_id').deleteRule('cascade').updateRule('no action'),
    role: p.text().$type<Member['role']>(),
    joined_at: p.datetime(3),
  },
  // Campaign ids are UUIDv7, so this is also "a user's campaigns, by age".
  indexes: [{ name: 'members_user_id_campaign_id_index', properties: ['user_id', 'campaign_id'] }],
  checks: [{ name: 'members_role_check', expression: `role in (${ROLES.map((role) => `'${role}'`).join(', ')})` }],
});

type MemberTables = InferKyselyDB<typeof MemberRow | typeof CampaignRow>;

export function makeMemberRepository(database: Database): MemberRepository {
  const tables = () => database.tables<MemberTables>();
  const member = (campaignId: string, userId: string) =>
    tables()
      .selectFrom('members')
      .selectAll('members')
      .where('members.campaign_id', '=', campaignId)
      .where('members.user_id', '=', userId);
  const insert = prepareInsert<MemberTables['members']>(database, MemberRow);
  // Asked before every change in a campaign.
  const live = prepare(database, liveMember);
  const changed = (campaignId: string, userId: string) => database.changed(campaignTag(campaignId), userTag(userId));
  return {
    add: async ({ campaignId, userId, role, joinedAt }) => {
      await insert({ campaign_id: campaignId, user_id: userId, role, joined_at: joinedAt });
      await changed(campaignId, userId);
    },
    find: async (campaignId, userId) => {
      const [row] = await live({ campaignId, userId });
      return row === undefined ? null : toMember(row);
    },
    findEvenInTrash: async (campaignId, userId) => {
      const row = await member(campaignId, userId).executeTakeFirst();
      return row === undefined ? null : toMember(row);
    },
    ownersForUpdate: async (campaignId) => {
      // The campaign's row stands for all roles in it: locking the owners alone would not stop a new one.
      await tables().selectFrom('campaigns').select('id').where('id', '=', campaignId).forNoKeyUpdate().execute();
      const rows = await tables()
        .selectFrom('members')
        .selectAll()
        .where('campaign_id', '=', campaignId)
        .where('role', '=', 'owner')
        .orderBy('joined_at')
        .orderBy('user_id')
        .execute();
      return rows.map(toMember);
    },
    setRole: async (campaignId, userId, role) => {
      await tables()
        .updateTable('members')
        .set({ role })
        .where('campaign_id', '=', campaignId)
        .where('user_id', '=', userId)
        .execute();
      await changed(campaignId, userId);
    },
    remove: async (campaignId, userId) => {
      await tables()
        .deleteFrom('members')
        .where('campaign_id', '=', campaignId)
        .where('user_id', '=', userId)
        .execute();
      await changed(campaignId, userId);
    },
    setFirstOwner: async (campaignId, userId) => {
      await tables()
        .updateTable('campaigns')
        .set((eb) => ({ owner_id: userId, version: eb('version', '+', 1) }))
        .where('id', '=', campaignId)
        .execute();
      await database.changed(campaignTag(campaignId));
    },
  };
}

interface Place {
  readonly campaignId: string;
  readonly userId: string;
}

function liveMember(tables: Kysely<MemberTables>, { of }: Values<Place>) {
  return tables
    .selectFrom('members')
    .innerJoin('campaigns', 'campaigns.id', 'members.campaign_id')
    .selectAll('members')
    .where('members.campaign_id', '=', of('campaignId'))
    .where('members.user_id', '=', of('userId'))
    .where('campaigns.deleted_at', 'is', null);
}

function toMember(row: MemberTables['members']): Member {
  return { campaignId: row.campaign_id, userId: row.user_id, role: row.role, joinedAt: row.joined_at };
}
