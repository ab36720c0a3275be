import type { Kysely, Nullable } from 'kysely';
import { expectMay } from '../../core/members/authorize.ts';
import type { Invite } from '../../core/members/invite.ts';
import type { InviteQueries } from '../../core/members/invite-queries.ts';
import type { CampaignRow } from './campaign-repository.ts';
import type { Database } from './database.ts';
import type { InviteTables } from './invite-repository.ts';
import { textAt, toPage } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import { type Values, prepareText } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { TablesOf } from './row-schema.ts';

type Tables = InviteTables & TablesOf<typeof MemberRow | typeof CampaignRow>;

const COLUMNS = [
  'invites.id',
  'invites.campaignId',
  'invites.role',
  'invites.createdBy',
  'invites.createdAt',
  'invites.expiresAt',
  'invites.maxUses',
  'invites.uses',
] as const;

interface Listed {
  readonly campaignId: string;
  /** The id of the invite before. */
  readonly after: string | null;
  readonly limit: number;
}

export function makeInviteQueries(database: Database, { prepare }: Reader): InviteQueries {
  const listed = prepare(invitesOf);
  const looked = prepareText<Invite & { readonly campaignName: string }>(
    database,
    `select invites.id, campaign_id, role, created_by, invites.created_at, expires_at, max_uses, uses,
      campaigns.name as campaign_name
    from invites join campaigns on campaigns.id = campaign_id where hash = $1 and deleted_at is null
    and exists (select from users where users.id = created_by and users.status = 'active')`,
  );
  return {
    list: async (viewer, campaignId, page) => {
      const rows = await listed(viewer, { campaignId, after: textAt(page.after, 0), limit: page.limit + 1 });
      const [first] = rows;
      if (first === undefined) return null;
      expectMay({ role: first.viewerRole, campaignId }, 'campaign:invite');
      return toPage(rows.map(({ viewerRole, ...invite }) => invite).filter(isListed), page, ({ id }) => [id]);
    },
    look: async (hash) => {
      const [row] = await looked(hash);
      if (row === undefined) return null;
      const { campaignName, ...invite } = row;
      return { invite, campaignName };
    },
  };
}

/** A member finds at least itself. */
function invitesOf(tables: Kysely<Tables>, { has, of }: Values<Listed & ForViewer>) {
  return tables
    .selectFrom('members as viewer')
    .innerJoin('campaigns', 'campaigns.id', 'viewer.campaignId')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('invites')
          .select(COLUMNS)
          .where('invites.campaignId', '=', of('campaignId'))
          .$if(has('after'), (query) => query.where('invites.id', '<', of('after')))
          .orderBy('invites.id', 'desc')
          .limit(of('limit'))
          .as('listed'),
      (join) => join.onTrue(),
    )
    .selectAll('listed')
    .select('viewer.role as viewerRole')
    .where('viewer.campaignId', '=', of('campaignId'))
    .where('viewer.userId', '=', of('viewerId'))
    .where('campaigns.deletedAt', 'is', null);
}

function isListed(row: Nullable<Invite>): row is Invite {
  return row.id !== null;
}
