import { type Expression, type Kysely, type Nullable, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Role } from '../../core/members/role.ts';
import type { Results } from '../../core/sessions/results.ts';
import type { SessionStatus } from '../../core/sessions/session.ts';
import type { SessionOrder, SessionQueries } from '../../core/sessions/session-queries.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { numberAt, textAt, toPage } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import { type ForViewer, type Reader, toSeen } from './reader.ts';
import { byProperty } from './statement.ts';
import type { SessionResultsRow, SessionRow } from './session-repository.ts';
import type { RowOf, TablesOf } from './row-schema.ts';

type Tables = TablesOf<typeof SessionRow | typeof SessionResultsRow | typeof CampaignRow | typeof MemberRow>;

/** As the index has it: a session without a date comes after all that have one. */
const date = sql<string>`coalesce(${sql.ref('sessions.scheduledDate')}, 'infinity')`;

/** The columns that hold a session's results. */
const RESULTS = [
  'summary',
  'events',
  'playerDecisions',
  'npcInteractions',
  'worldChanges',
  'unfinishedThreads',
  'xpAwarded',
  'lootAwarded',
  'deathCount',
  'durationMinutes',
  'mood',
  'gmSummary',
  'capturedAt',
] as const satisfies readonly (keyof Results)[];

interface One {
  readonly id: string;
}

interface Listed {
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
      const [row] = await one(viewer, { id });
      return row === undefined ? null : toSeen(row);
    },

    list: async (viewer, campaignId, filter, order, page) => {
      const byDate = isByDate(order);
      const rows = await lists[order](viewer, {
        campaignId,
        ...filter,
        afterDate: byDate ? textAt(page.after, 0) : null,
        afterNumber: numberAt(page.after, byDate ? 1 : 0),
        limit: page.limit + 1,
      });
      if (rows.length === 0) return null;
      return toPage(rows.filter(isListed).map(toSeen), page, ({ value: { scheduledDate, sessionNumber } }) =>
        byDate ? [scheduledDate?.toISOString() ?? 'infinity', sessionNumber] : [sessionNumber],
      );
    },

    findResults: async (viewer, id) => {
      const [row] = await withResults(viewer, { id });
      if (row === undefined) return null;
      const { role, results, ...session } = row;
      if (results === null) return null;
      const { capturedAt, ...others } = byProperty(results);
      // JSON carries dates as texts.
      return { value: { session, results: { ...others, capturedAt: new Date(capturedAt) } }, role };
    },
  };
}

function memberships(tables: Kysely<Tables>, viewerId: Expression<string>) {
  return tables
    .selectFrom('members')
    .innerJoin('campaigns', 'campaigns.id', 'members.campaignId')
    .where('members.userId', '=', viewerId)
    .where('campaigns.deletedAt', 'is', null);
}

function seen(tables: Kysely<Tables>, { of }: Values<One & ForViewer>) {
  return memberships(tables, of('viewerId'))
    .innerJoin('sessions', 'sessions.campaignId', 'members.campaignId')
    .selectAll('sessions')
    .select('members.role')
    .where('sessions.id', '=', of('id'))
    .where('sessions.deletedAt', 'is', null);
}

function seenWithResults(tables: Kysely<Tables>, values: Values<One & ForViewer>) {
  return seen(tables, values).select((eb) =>
    jsonObjectFrom(
      eb.selectFrom('session_results').select(RESULTS).whereRef('session_results.sessionId', '=', 'sessions.id'),
    ).as('results'),
  );
}

/** The membership authorizes the read in the same statement: no row at all means no member. */
function listed(order: SessionOrder) {
  const direction = order.startsWith('-') ? 'desc' : 'asc';
  return (tables: Kysely<Tables>, { has, of }: Values<Listed & ForViewer>) =>
    memberships(tables, of('viewerId'))
      .where('members.campaignId', '=', of('campaignId'))
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom('sessions')
            .selectAll('sessions')
            .where('sessions.campaignId', '=', of('campaignId'))
            .where('sessions.deletedAt', 'is', null)
            .$if(has('status'), (query) => query.where('sessions.status', '=', of('status')))
            .$if(has('from'), (query) => query.where('sessions.scheduledDate', '>=', of('from')))
            .$if(has('to'), (query) => query.where('sessions.scheduledDate', '<=', of('to')))
            .$if(has('afterNumber'), (query) => query.where(beyond(order, of('afterDate'), of('afterNumber'))))
            .$if(isByDate(order), (query) => query.orderBy(date, direction))
            .orderBy('sessions.sessionNumber', direction)
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
  const number = sql.ref('sessions.sessionNumber');
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

type Row = RowOf<typeof SessionRow> & { readonly role: Role };

function isListed(row: Nullable<Row>): row is Row {
  return row.id !== null;
}
