import { type Kysely, type Nullable, sql } from 'kysely';
import type { MemberQueries, MemberRecord } from '../../core/members/member-queries.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { textAt, toPage } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { TablesOf } from './row-schema.ts';
import type { UserRow } from './user-repository.ts';

type Tables = TablesOf<typeof MemberRow | typeof CampaignRow | typeof UserRow>;

interface Listed {
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
      const rows = await listed(viewer, {
        campaignId,
        afterJoined: textAt(page.after, 0),
        afterId: textAt(page.after, 1),
        limit: page.limit + 1,
      });
      if (rows.length === 0) return null;
      return toPage(rows.filter(isListed), page, ({ joinedAt, userId }) => [joinedAt.toISOString(), userId]);
    },
  };
}

/** The viewer's own membership authorizes the read; it finds at least itself, so no row means no member. */
function membersOf(tables: Kysely<Tables>, { has, of }: Values<Listed & ForViewer>) {
  return tables
    .selectFrom('members as viewer')
    .innerJoin('campaigns', 'campaigns.id', 'viewer.campaignId')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('members')
          .innerJoin('users', 'users.id', 'members.userId')
          .select(['members.campaignId', 'members.userId', 'members.role', 'members.joinedAt', 'users.username'])
          .where('members.campaignId', '=', of('campaignId'))
          .$if(has('afterId'), (query) =>
            query.where(
              sql<boolean>`(members.joined_at, members.user_id) > (${of('afterJoined')}::timestamptz, ${of('afterId')}::uuid)`,
            ),
          )
          .orderBy('members.joinedAt')
          .orderBy('members.userId')
          .limit(of('limit'))
          .as('listed'),
      (join) => join.onTrue(),
    )
    .select(['listed.campaignId', 'listed.userId', 'listed.role', 'listed.joinedAt', 'listed.username'])
    .where('viewer.campaignId', '=', of('campaignId'))
    .where('viewer.userId', '=', of('viewerId'))
    .where('campaigns.deletedAt', 'is', null);
}

function isListed(row: Nullable<MemberRecord>): row is MemberRecord {
  return row.userId !== null;
}
