import { type InferKyselyDB } from '@mikro-orm/postgresql';
import { type Nullable, sql } from 'kysely';
import { type Role } from '../../core/members/role.ts';
import { type SessionOrder, type SessionQueries } from '../../core/sessions/session-queries.ts';
import { type Position } from '../../core/shared/page.ts';
import { type CampaignRow } from './campaign-repository.ts';
import { type Database } from './database.ts';
import { numberAt, textAt, toPage } from './keyset.ts';
import { type MemberRow } from './member-repository.ts';
import {
  type SessionResultsRow,
  type SessionRow,
  type SessionTables,
  toResults,
  toSession,
} from './session-repository.ts';

type Tables = InferKyselyDB<typeof SessionRow | typeof SessionResultsRow | typeof CampaignRow | typeof MemberRow>;

/** As the index has it: a session without a date comes after all that have one. */
const date = sql<string>`coalesce(${sql.ref('sessions.scheduled_date')}, 'infinity')`;

export function makeSessionQueries(database: Database): SessionQueries {
  const tables = () => database.em().getKysely<Tables>();
  const memberships = (viewerId: string) =>
    tables()
      .selectFrom('members')
      .innerJoin('campaigns', 'campaigns.id', 'members.campaign_id')
      .where('members.user_id', '=', viewerId)
      .where('campaigns.deleted_at', 'is', null);
  const seen = (viewerId: string, id: string) =>
    memberships(viewerId)
      .innerJoin('sessions', 'sessions.campaign_id', 'members.campaign_id')
      .selectAll('sessions')
      .select('members.role')
      .where('sessions.id', '=', id)
      .where('sessions.deleted_at', 'is', null);

  return {
    find: async (viewerId, id) => {
      const row = await seen(viewerId, id).executeTakeFirst();
      return row === undefined ? null : { value: toSession(row), role: row.role };
    },

    list: async (viewerId, campaignId, { status, from, to }, order, page) => {
      const byDate = order === 'scheduledDate' || order === '-scheduledDate';
      const direction = order.startsWith('-') ? 'desc' : 'asc';
      // The membership authorizes the read in the same statement: no row at all means no member.
      const rows = await memberships(viewerId)
        .where('members.campaign_id', '=', campaignId)
        .leftJoinLateral(
          (eb) =>
            eb
              .selectFrom('sessions')
              .selectAll('sessions')
              .where('sessions.campaign_id', '=', campaignId)
              .where('sessions.deleted_at', 'is', null)
              .$if(status !== null, (query) => query.where('sessions.status', '=', status))
              .$if(from !== null, (query) => query.where('sessions.scheduled_date', '>=', from))
              .$if(to !== null, (query) => query.where('sessions.scheduled_date', '<=', to))
              .$if(page.after !== null, (query) => query.where(beyond(page.after ?? [], order)))
              .$if(byDate, (query) => query.orderBy(date, direction))
              .orderBy('sessions.session_number', direction)
              .limit(page.limit + 1)
              .as('listed'),
          (join) => join.onTrue(),
        )
        .selectAll('listed')
        .select('members.role')
        .execute();
      if (rows.length === 0) return null;
      return toPage(
        rows.filter(isListed),
        page,
        (row) => ({ value: toSession(row), role: row.role }),
        (row) =>
          byDate ? [row.scheduled_date?.toISOString() ?? 'infinity', row.session_number] : [row.session_number],
      );
    },

    findResults: async (viewerId, id) => {
      const row = await seen(viewerId, id)
        .innerJoin('session_results as results', 'results.session_id', 'sessions.id')
        .select([
          'results.summary',
          'results.events',
          'results.player_decisions',
          'results.npc_interactions',
          'results.world_changes',
          'results.unfinished_threads',
          'results.xp_awarded',
          'results.loot_awarded',
          'results.death_count',
          'results.duration_minutes as played_minutes',
          'results.mood',
          'results.gm_summary',
          'results.captured_at',
        ])
        .executeTakeFirst();
      if (row === undefined) return null;
      const results = toResults({ ...row, duration_minutes: row.played_minutes });
      return { value: { session: toSession(row), results }, role: row.role };
    },
  };
}

/** The rows after a position of the list. */
function beyond(after: Position, order: SessionOrder): ReturnType<typeof sql<boolean>> {
  const number = sql.ref('sessions.session_number');
  switch (order) {
    case 'sessionNumber':
      return sql<boolean>`${number} > ${numberAt(after, 0)}`;
    case '-sessionNumber':
      return sql<boolean>`${number} < ${numberAt(after, 0)}`;
    case 'scheduledDate':
      return sql<boolean>`(${date}, ${number}) > (${textAt(after, 0)}::timestamptz, ${numberAt(after, 1)})`;
    case '-scheduledDate':
      return sql<boolean>`(${date}, ${number}) < (${textAt(after, 0)}::timestamptz, ${numberAt(after, 1)})`;
  }
}

function isListed(
  row: Nullable<SessionTables['sessions']> & { role: Role },
): row is SessionTables['sessions'] & { role: Role } {
  return row.id !== null;
}
