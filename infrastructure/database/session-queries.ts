import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { type Expression, type Kysely, type Nullable, sql } from 'kysely';
import type { Role } from '../../core/members/role.ts';
import type { SessionStatus } from '../../core/sessions/session.ts';
import type { SessionOrder, SessionQueries } from '../../core/sessions/session-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { numberAt, textAt, toPage } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import type { Reader } from './reader.ts';
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

interface One {
  readonly viewerId: string;
  readonly id: string;
}

interface Listed {
  readonly viewerId: string;
  readonly campaignId: string;
  readonly status: SessionStatus | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Of the session before, as text. */
  readonly afterDate: string | null;
  readonly afterNumber: number | null;
  readonly limit: number;
}

export function makeSessionQueries({ prepare }: Reader): SessionQueries {
  const one = prepare(seen);
  const withResults = prepare(seenWithResults);
  const lists = {
    sessionNumber: prepare(listed('sessionNumber')),
    '-sessionNumber': prepare(listed('-sessionNumber')),
    scheduledDate: prepare(listed('scheduledDate')),
    '-scheduledDate': prepare(listed('-scheduledDate')),
  } as const satisfies Record<SessionOrder, unknown>;

  return {
    find: async (viewer, id) => {
      const [row] = await one(viewer, { viewerId: claimedBy(viewer).userId, id });
      return row === undefined ? null : { value: toSession(row), role: row.role };
    },

    list: async (viewer, campaignId, filter, order, page) => {
      const byDate = isByDate(order);
      const { after } = page;
      const rows = await lists[order](viewer, {
        viewerId: claimedBy(viewer).userId,
        campaignId,
        ...filter,
        afterDate: after === null || !byDate ? null : textAt(after, 0),
        afterNumber: after === null ? null : numberAt(after, byDate ? 1 : 0),
        limit: page.limit + 1,
      });
      if (rows.length === 0) return null;
      return toPage(
        rows.filter(isListed),
        page,
        (row) => ({ value: toSession(row), role: row.role }),
        (row) =>
          byDate ? [row.scheduled_date?.toISOString() ?? 'infinity', row.session_number] : [row.session_number],
      );
    },

    findResults: async (viewer, id) => {
      const [row] = await withResults(viewer, { viewerId: claimedBy(viewer).userId, id });
      if (row === undefined) return null;
      const results = toResults({ ...row, duration_minutes: row.played_minutes });
      return { value: { session: toSession(row), results }, role: row.role };
    },
  };
}

function memberships(tables: Kysely<Tables>, viewerId: Expression<string>) {
  return tables
    .selectFrom('members')
    .innerJoin('campaigns', 'campaigns.id', 'members.campaign_id')
    .where('members.user_id', '=', viewerId)
    .where('campaigns.deleted_at', 'is', null);
}

function seen(tables: Kysely<Tables>, { of }: Values<One>) {
  return memberships(tables, of('viewerId'))
    .innerJoin('sessions', 'sessions.campaign_id', 'members.campaign_id')
    .selectAll('sessions')
    .select('members.role')
    .where('sessions.id', '=', of('id'))
    .where('sessions.deleted_at', 'is', null);
}

function seenWithResults(tables: Kysely<Tables>, values: Values<One>) {
  return seen(tables, values)
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
    ]);
}

/** The membership authorizes the read in the same statement: no row at all means no member. */
function listed(order: SessionOrder) {
  const direction = order.startsWith('-') ? 'desc' : 'asc';
  return (tables: Kysely<Tables>, { has, of }: Values<Listed>) =>
    memberships(tables, of('viewerId'))
      .where('members.campaign_id', '=', of('campaignId'))
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom('sessions')
            .selectAll('sessions')
            .where('sessions.campaign_id', '=', of('campaignId'))
            .where('sessions.deleted_at', 'is', null)
            .$if(has('status'), (query) => query.where('sessions.status', '=', of('status')))
            .$if(has('from'), (query) => query.where('sessions.scheduled_date', '>=', of('from')))
            .$if(has('to'), (query) => query.where('sessions.scheduled_date', '<=', of('to')))
            .$if(has('afterNumber'), (query) => query.where(beyond(order, of('afterDate'), of('afterNumber'))))
            .$if(isByDate(order), (query) => query.orderBy(date, direction))
            .orderBy('sessions.session_number', direction)
            .limit(of('limit'))
            .as('listed'),
        (join) => join.onTrue(),
      )
      .selectAll('listed')
      .select('members.role');
}

function isByDate(order: SessionOrder): boolean {
  return order === 'scheduledDate' || order === '-scheduledDate';
}

/** The rows after a position of the list. */
function beyond(
  order: SessionOrder,
  afterDate: Expression<string>,
  afterNumber: Expression<number>,
): ReturnType<typeof sql<boolean>> {
  const number = sql.ref('sessions.session_number');
  switch (order) {
    case 'sessionNumber':
      return sql<boolean>`${number} > ${afterNumber}`;
    case '-sessionNumber':
      return sql<boolean>`${number} < ${afterNumber}`;
    case 'scheduledDate':
      return sql<boolean>`(${date}, ${number}) > (${afterDate}::timestamptz, ${afterNumber})`;
    case '-scheduledDate':
      return sql<boolean>`(${date}, ${number}) < (${afterDate}::timestamptz, ${afterNumber})`;
  }
}

function isListed(
  row: Nullable<SessionTables['sessions']> & { role: Role },
): row is SessionTables['sessions'] & { role: Role } {
  return row.id !== null;
}
