import { type InferKyselyDB } from '@mikro-orm/postgresql';
import { type Nullable } from 'kysely';
import { type MemberQueries, type MemberRecord } from '../../core/members/member-queries.ts';
import { type CampaignRow } from './campaign-repository.ts';
import { type Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type MemberRow } from './member-repository.ts';
import { type UserRow } from './user-repository.ts';

type Tables = InferKyselyDB<typeof MemberRow | typeof CampaignRow | typeof UserRow>;

export function makeMemberQueries(database: Database): MemberQueries {
  return {
    list: async (viewerId, campaignId, page) => {
      // The viewer's own membership authorizes the read; it finds at least itself, so no row means no member.
      const rows = await database
        .em()
        .getKysely<Tables>()
        .selectFrom('members as viewer')
        .innerJoin('campaigns', 'campaigns.id', 'viewer.campaign_id')
        .leftJoinLateral(
          (eb) =>
            eb
              .selectFrom('members')
              .innerJoin('users', 'users.id', 'members.user_id')
              .select(['members.campaign_id', 'members.user_id', 'members.role', 'members.joined_at', 'users.username'])
              .where('members.campaign_id', '=', campaignId)
              .$if(page.after !== null, (query) =>
                query.where(({ eb: inner, refTuple, tuple }) =>
                  inner(
                    refTuple('members.joined_at', 'members.user_id'),
                    '>',
                    tuple(new Date(textAt(page.after ?? [], 0)), textAt(page.after ?? [], 1)),
                  ),
                ),
              )
              .orderBy('members.joined_at')
              .orderBy('members.user_id')
              .limit(page.limit + 1)
              .as('listed'),
          (join) => join.onTrue(),
        )
        .select(['listed.campaign_id', 'listed.user_id', 'listed.role', 'listed.joined_at', 'listed.username'])
        .where('viewer.campaign_id', '=', campaignId)
        .where('viewer.user_id', '=', viewerId)
        .where('campaigns.deleted_at', 'is', null)
        .execute();
      if (rows.length === 0) return null;
      return toPage(rows.filter(isListed), page, toRecord, (row) => [row.joined_at.toISOString(), row.user_id]);
    },
  };
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
