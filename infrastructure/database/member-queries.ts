import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { type Kysely, type Nullable, sql } from 'kysely';
import type { MemberQueries, MemberRecord } from '../../core/members/member-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { textAt, toPage } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import type { Reader } from './reader.ts';
import type { UserRow } from './user-repository.ts';

type Tables = InferKyselyDB<typeof MemberRow | typeof CampaignRow | typeof UserRow>;

interface Listed {
  readonly viewerId: string;
  readonly campaignId: string;
  /** When the member before joined, as text, and who that is. */
  readonly afterJoined: string | null;
  readonly afterId: string | null;
  readonly limit: number;
}

export function makeMemberQueries({ prepare }: Reader): MemberQueries {
  const listed = prepare(membersOf);
  return {
    list: async (viewer, campaignId, page) => {
      const { after } = page;
      const rows = await listed(viewer, {
        viewerId: claimedBy(viewer).userId,
        campaignId,
        afterJoined: after === null ? null : textAt(after, 0),
        afterId: after === null ? null : textAt(after, 1),
        limit: page.limit + 1,
      });
      if (rows.length === 0) return null;
      return toPage(rows.filter(isListed), page, toRecord, (row) => [row.joined_at.toISOString(), row.user_id]);
    },
  };
}

/** The viewer's own membership authorizes the read; it finds at least itself, so no row means no member. */
function membersOf(tables: Kysely<Tables>, { has, of }: Values<Listed>) {
  return tables
    .selectFrom('members as viewer')
    .innerJoin('campaigns', 'campaigns.id', 'viewer.campaign_id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('members')
          .innerJoin('users', 'users.id', 'members.user_id')
          .select(['members.campaign_id', 'members.user_id', 'members.role', 'members.joined_at', 'users.username'])
          .where('members.campaign_id', '=', of('campaignId'))
          .$if(has('afterId'), (query) =>
            query.where(
              sql<boolean>`(members.joined_at, members.user_id) > (${of('afterJoined')}::timestamptz, ${of('afterId')}::uuid)`,
            ),
          )
          .orderBy('members.joined_at')
          .orderBy('members.user_id')
          .limit(of('limit'))
          .as('listed'),
      (join) => join.onTrue(),
    )
    .select(['listed.campaign_id', 'listed.user_id', 'listed.role', 'listed.joined_at', 'listed.username'])
    .where('viewer.campaign_id', '=', of('campaignId'))
    .where('viewer.user_id', '=', of('viewerId'))
    .where('campaigns.deleted_at', 'is', null);
}

type Row = Tables['members'] & { username: string };

function isListed(row: Nullable<Row>): row is Row {
  return row.user_id !== null;
}

function toRecord(row: Row): MemberRecord {
  return {
    campaignId: row.campaign_id,
    userId: row.user_id,
    username: row.username,
    role: row.role,
    joinedAt: row.joined_at,
  };
}
