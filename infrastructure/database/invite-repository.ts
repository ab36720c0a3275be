import { defineEntity, p } from '@mikro-orm/postgresql';
import { type Invite, INVITED_ROLES } from '../../core/members/invite.ts';
import type { InviteRepository } from '../../core/members/invite-repository.ts';
import { CampaignRow } from './campaign-repository.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { type TablesOf, isOneOf } from './row-schema.ts';
import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const InviteRow = defineEntity({
  name: 'InviteRow',
  tableName: 'invites',
  properties: {
    id: p.uuid().primary(),
    campaignId: () => p.manyToOne(CampaignRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    hash: p.text(),
    role: p.text().$type<Invite['role']>(),
    createdBy: () => p.manyToOne(UserRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
    maxUses: p.integer().nullable(),
    uses: p.integer(),
  },
  uniques: [{ name: 'invites_hash_unique', properties: ['hash'] }],
  indexes: [{ name: 'invites_campaign_id_index', properties: ['campaignId', 'id'] }],
  checks: [
    { name: 'invites_role_check', expression: isOneOf('role', INVITED_ROLES) },
    { name: 'invites_uses_check', expression: 'uses >= 0 and (max_uses is null or uses <= max_uses)' },
  ],
});

/** Whom an invite has let in: each of them once. */
export const InviteUseRow = defineEntity({
  name: 'InviteUseRow',
  tableName: 'invite_uses',
  properties: {
    inviteId: () => p.manyToOne(InviteRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    userId: () => p.manyToOne(UserRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
  },
});

export type InviteTables = TablesOf<typeof InviteRow>;

export function makeInviteRepository(database: Database): InviteRepository {
  const invites = makeTable(database, InviteRow);
  const lock = prepareText(database, 'select id from campaigns where id = $1 for no key update');
  const count = prepareText<{ readonly count: number }>(
    database,
    'select count(*)::integer as count from invites where campaign_id = $1',
  );
  const present = `select invite.id, campaign_id, role, created_by, invite.created_at, expires_at, max_uses, uses
    from invites invite join campaigns on campaigns.id = campaign_id where deleted_at is null`;
  const byHash = prepareText<Invite>(
    database,
    `${present} and hash = $1
    and exists (select from users where users.id = created_by and users.status = 'active')`,
  );
  const byId = prepareText<Invite>(database, `${present} and invite.id = $1`);
  const letIn = prepareText(
    database,
    // Behind whoever is revoking it: it is gone then, and lets nobody in.
    `insert into invite_uses (invite_id, user_id) select id, $2 from invites where id = $1 for key share
    on conflict do nothing returning user_id`,
  );
  const use = prepareText(
    database,
    `update invites set uses = uses + 1
    where id = $1 and (expires_at is null or expires_at > $2) and (max_uses is null or uses < max_uses) returning id`,
  );
  const remove = prepareText(database, 'delete from invites where id = $1 returning id');
  const removeAll = prepareText(database, 'delete from invites where campaign_id = $1 and created_by = $2');
  return {
    add: (invite, hash) => invites.insert({ ...invite, hash }),
    countForUpdate: async (campaignId) => {
      await lock(campaignId);
      return (await count(campaignId))[0]?.count ?? 0;
    },
    find: async (by) => ('id' in by ? await byId(by.id) : await byHash(by.hash))[0] ?? null,
    use: async (id, userId, now) => {
      const [fresh] = await letIn(id, userId);
      return fresh !== undefined && (await use(id, now)).length > 0;
    },
    remove: async (id) => (await remove(id)).length > 0,
    removeAllBy: async (campaignId, userId) => {
      await removeAll(campaignId, userId);
    },
  };
}
