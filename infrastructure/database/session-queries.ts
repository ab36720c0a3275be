import { type Expression, type Kysely, type Nullable, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Role } from '../../core/members/role.ts';
import type { SessionStatus } from '../../core/sessions/session.ts';
import type { SessionOrder, SessionQueries } from '../../core/sessions/session-queries.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import type { CampaignRow } from './campaign-repository.ts';
import { type Cut, cutPage, toCutPage } from './cut-page.ts';
import { endingPattern, idLike } from './id-ending.ts';
import { containing, numberAt, textAt } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import { type ForViewer, type Reader, toSeen } from './reader.ts';
import { searchKeyOf } from './search-column.ts';
import { byProperty } from './statement.ts';
import { type SessionResultsRow, SessionRow, resultsIn } from './session-repository.ts';
import type { RowOf, TablesOf } from './row-schema.ts';

type Tables = TablesOf<typeof SessionRow | typeof SessionResultsRow | typeof CampaignRow | typeof MemberRow>;

/** As the index has it: a session without a date comes after all that have one. */
const date = sql<string>`coalesce(${sql.ref('sessions.scheduledDate')}, 'infinity')`;

interface One {
  readonly id: string;
}

interface Filtered {
  readonly status: SessionStatus | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Of the id's text, for LIKE. */
  readonly idPattern: string | null;
}

interface Listed extends Filtered {
  readonly campaignId: string;
  /** Of the title's key, for LIKE. */
  readonly pattern: string | null;
  readonly number: number | null;
  /** Of the session before, as text. */
  readonly afterDate: string | null;
  readonly afterNumber: number | null;
  readonly limit: number;
}

interface Mine extends Filtered {
  /** Of the session before, as text. */
  readonly afterDate: string | null;
  readonly afterId: string | null;
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
  const listedMine = prepare(mine);
  const zone = prepare((tables: Kysely<Tables>, { of }: Values<One & ForViewer>) =>
    memberships(tables, of('viewerId')).where('members.campaignId', '=', of('id')).select('campaigns.timeZone'),
  );

  return {
    find: async (viewer, id) => {
      const [row] = await one(viewer, { id });
      return row === undefined ? null : toSeen(row);
    },

    timeZoneOf: async (viewer, id) => (await zone(viewer, { id }))[0]?.timeZone ?? null,

    list: async (viewer, campaignId, { idEnding, q, ...filter }, order, page) => {
      const byDate = isByDate(order);
      const rows = await lists[order](viewer, {
        campaignId,
        ...filter,
        pattern: q === null ? null : containing(searchKey(q)),
        idPattern: endingPattern(idEnding),
        afterDate: byDate ? textAt(page.after, 0) : null,
        afterNumber: numberAt(page.after, byDate ? 1 : 0),
        limit: page.limit + 1,
      });
      if (rows.length === 0) return null;
      return toCutPage(rows.filter(isListed), page, toSeen, ({ value: { scheduledDate, sessionNumber } }) =>
        byDate ? [dateText(scheduledDate), sessionNumber] : [sessionNumber],
      );
    },

    listMine: async (viewer, { idEnding, ...filter }, page) => {
      const rows = await listedMine(viewer, {
        ...filter,
        idPattern: endingPattern(idEnding),
        afterDate: textAt(page.after, 0),
        afterId: textAt(page.after, 1),
        limit: page.limit + 1,
      });
      return toCutPage(rows, page, toSeen, ({ value: { scheduledDate, id } }) => [dateText(scheduledDate), id]);
    },

    findResults: async (viewer, id) => {
      const [row] = await withResults(viewer, { id });
      if (row === undefined) return null;
      const { role, results, searchKey: _, ...session } = row;
      if (results === null) return null;
      const { capturedAt, ...others } = byProperty(results);
      // JSON carries dates as texts.
      return { value: { session, results: resultsIn({ ...others, capturedAt: new Date(capturedAt) }) }, role };
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
      eb.selectFrom('session_results').selectAll().whereRef('session_results.sessionId', '=', 'sessions.id'),
    ).as('results'),
  );
}

/** The membership authorizes the read in the same statement: no row at all means no member. */
function listed(order: SessionOrder) {
  const direction = order.startsWith('-') ? 'desc' : 'asc';
  return (tables: Kysely<Tables>, values: Values<Listed & ForViewer>) => {
    const { has, of } = values;
    const page = sessionsOf(tables, of('campaignId'), values)
      .$if(has('number'), (query) => query.where('sessions.sessionNumber', '=', of('number')))
      .$if(has('pattern'), (query) => query.where(searchKeyOf('sessions', 'title'), 'like', of('pattern')))
      .$if(has('afterNumber'), (query) => query.where(beyond(order, of('afterDate'), of('afterNumber'))))
      .$if(isByDate(order), (query) => query.orderBy(date, direction))
      .orderBy('sessions.sessionNumber', direction)
      .limit(of('limit'));
    return memberships(tables, of('viewerId'))
      .where('members.campaignId', '=', of('campaignId'))
      .leftJoinLateral(cutPage(page, { schema: SessionRow, role: 'members.role' }).as('listed'), (join) =>
        join.onTrue(),
      )
      .selectAll('listed')
      .select('members.role');
  };
}

/** Of each campaign no more than a page is read, by its index. */
function mine(tables: Kysely<Tables>, values: Values<Mine & ForViewer>) {
  const { has, of } = values;
  const id = sql.ref('sessions.id');
  const page = sessionsOf(tables, sql.ref('members.campaignId'), values)
    .$if(has('afterId'), (query) =>
      query.where(sql<boolean>`(${date}, ${id}) > (${of('afterDate')}::timestamptz, ${of('afterId')})`),
    )
    .orderBy(date)
    .orderBy('sessions.id')
    .limit(of('limit'));
  const first = memberships(tables, of('viewerId'))
    .innerJoinLateral(page.as('listed'), (join) => join.onTrue())
    .selectAll('listed')
    .select('members.role')
    .orderBy('listed.scheduledDate', (order) => order.asc().nullsLast())
    .orderBy('listed.id')
    .limit(of('limit'));
  return tables
    .selectFrom(cutPage(first, { schema: SessionRow, role: 'page.role', besides: ['role'] }).as('cut'))
    .selectAll();
}

/** A campaign's live sessions, as far as the filters let them through. */
function sessionsOf(tables: Kysely<Tables>, campaignId: Expression<string>, { has, of }: Values<Filtered>) {
  return tables
    .selectFrom('sessions')
    .selectAll('sessions')
    .where('sessions.campaignId', '=', campaignId)
    .where('sessions.deletedAt', 'is', null)
    .$if(has('status'), (query) => query.where('sessions.status', '=', of('status')))
    .$if(has('from'), (query) => query.where('sessions.scheduledDate', '>=', of('from')))
    .$if(has('to'), (query) => query.where('sessions.scheduledDate', '<=', of('to')))
    .$if(has('idPattern'), (query) => query.where(idLike('sessions.id', of('idPattern'))));
}

/** As the index has it. */
function dateText(date: Date | null): string {
  return date?.toISOString() ?? 'infinity';
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

type Row = RowOf<typeof SessionRow> & Cut & { readonly role: Role };

function isListed(row: Nullable<Row>): row is Row {
  return row.id !== null;
}
