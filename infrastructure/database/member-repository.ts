import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Member } from '../../core/members/member.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import { ROLES } from '../../core/members/role.ts';
import { CampaignRow } from './campaign-repository.ts';
import { campaignTag, userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import type { Quotas } from './quotas.ts';
import { isOneOf } from './row-schema.ts';
import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const MemberRow = defineEntity({
  name: 'MemberRow',
  tableName: 'members',
  properties: {
    campaignId: () => p.manyToOne(CampaignRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    userId: () => p.manyToOne(UserRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    role: p.text().$type<Member['role']>(),
    joinedAt: p.datetime(3),
  },
  // Campaign ids are UUIDv7, so this is also "a user's campaigns, by age".
  indexes: [{ name: 'members_user_id_campaign_id_index', properties: ['userId', 'campaignId'] }],
  checks: [{ name: 'members_role_check', expression: isOneOf('role', ROLES) }],
});

export function makeMemberRepository(database: Database, quotas: Quotas): MemberRepository {
  const members = makeTable(database, MemberRow);
  // Asked before every change in a campaign.
  const live = prepareText<Member>(
    database,
    `select members.* from members join campaigns on campaigns.id = members.campaign_id
    where members.campaign_id = $1 and members.user_id = $2 and campaigns.deleted_at is null`,
  );
  const evenInTrash = prepareText<Member>(database, 'select * from members where campaign_id = $1 and user_id = $2');
  const among = prepareText<Pick<Member, 'userId'>>(
    database,
    'select user_id from members where campaign_id = $1 and user_id = any($2)',
  );
  const join = prepareText(
    database,
    `insert into members (campaign_id, user_id, role, joined_at) values ($1, $2, $3, $4)
    on conflict do nothing returning user_id`,
  );
  const lock = prepareText(database, 'select id from campaigns where id = $1 for no key update');
  const owners = prepareText<Member>(
    database,
    `select * from members where campaign_id = $1 and role = 'owner' order by joined_at, user_id`,
  );
  const setRole = prepareText(database, 'update members set role = $3 where campaign_id = $1 and user_id = $2');
  const remove = prepareText(database, 'delete from members where campaign_id = $1 and user_id = $2');
  const setOwner = prepareText(database, 'update campaigns set owner_id = $2, version = version + 1 where id = $1');
  const changed = (campaignId: string, userId: string) => database.changed(campaignTag(campaignId), userTag(userId));
  return {
    add: async (member) => {
      await members.insert(member);
      await changed(member.campaignId, member.userId);
    },
    join: async ({ campaignId, userId, role, joinedAt }) => {
      const [joined] = await join(campaignId, userId, role, joinedAt);
      if (joined !== undefined) await changed(campaignId, userId);
      return joined !== undefined;
    },
    find: async (campaignId, userId) => (await live(campaignId, userId))[0] ?? null,
    findEvenInTrash: async (campaignId, userId) => (await evenInTrash(campaignId, userId))[0] ?? null,
    membersAmong: async (campaignId, userIds) =>
      new Set((await among(campaignId, userIds)).map(({ userId }) => userId)),
    ownersForUpdate: async (campaignId) => {
      // The campaign's row stands for all roles in it: locking the owners alone would not stop a new one.
      await lock(campaignId);
      return owners(campaignId);
    },
    setRole: async (campaignId, userId, role) => {
      await setRole(campaignId, userId, role);
      await changed(campaignId, userId);
    },
    remove: async (campaignId, userId) => {
      await remove(campaignId, userId);
      await changed(campaignId, userId);
    },
    setFirstOwner: async (campaignId, userId) => {
      await quotas.campaign(userId);
      await setOwner(campaignId, userId);
      await quotas.bytes(campaignId);
      await database.changed(campaignTag(campaignId));
    },
  };
}
