import { type Expression, type Kysely, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { CampaignStatus } from '../../core/campaigns/campaign.ts';
import type { CampaignQueries, SessionMention } from '../../core/campaigns/campaign-queries.ts';
import type { Role } from '../../core/members/role.ts';
import type { SessionStatus } from '../../core/sessions/session.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import { CampaignRow, type SessionCounterRow } from './campaign-repository.ts';
import { cutPage, toCutPage } from './cut-page.ts';
import { entryCounts } from './entry-visibility.ts';
import { endingPattern, idLike } from './id-ending.ts';
import { containing, textAt } from './keyset.ts';
import type { MemberRow } from './member-repository.ts';
import type { Values } from './prepared-statement.ts';
import { type ForViewer, type Reader, toSeen } from './reader.ts';
import type { TablesOf } from './row-schema.ts';
import { searchKeyOf } from './search-column.ts';
import { byProperty } from './statement.ts';
import type { SessionResultsRow, SessionRow } from './session-repository.ts';

type Tables = TablesOf<
  typeof CampaignRow | typeof SessionCounterRow | typeof MemberRow | typeof SessionRow | typeof SessionResultsRow
>;

const key = searchKeyOf('campaigns', 'name');

interface One {
  readonly id: string;
}

interface Summarized extends One {
  readonly now: Date;
}

interface Listed {
  readonly status: CampaignStatus | null;
  readonly role: Role | null;
  /** Of the name's key, for LIKE. */
  readonly pattern: string | null;
  /** The name's key. */
  readonly name: string | null;
  /** Of the id's text, for LIKE. */
  readonly idPattern: string | null;
  /** The id of the campaign before. */
  readonly after: string | null;
  readonly limit: number;
}

/** `entryTables` are those of the nouns of the world. */
export function makeCampaignQueries({ prepare }: Reader, entryTables: readonly string[]): CampaignQueries {
  const one = prepare((tables: Kysely<Tables>, { of }: Values<One & ForViewer>) =>
    seen(tables, of('viewerId')).where('members.campaignId', '=', of('id')),
  );
  const listed = prepare((tables: Kysely<Tables>, { has, of }: Values<Listed & ForViewer>) => {
    const page = seen(tables, of('viewerId'))
      .$if(has('status'), (query) => query.where('campaigns.status', '=', of('status')))
      .$if(has('role'), (query) => query.where('members.role', '=', of('role')))
      .$if(has('pattern'), (query) => query.where(key, 'like', of('pattern')))
      .$if(has('name'), (query) => query.where(key, '=', of('name')))
      .$if(has('idPattern'), (query) => query.where(idLike('campaigns.id', of('idPattern'))))
      .$if(has('after'), (query) => query.where('members.campaignId', '<', of('after')))
      // UUIDv7: the newest has the greatest id.
      .orderBy('members.campaignId', 'desc')
      .limit(of('limit'));
    return tables
      .selectFrom(cutPage(page, { schema: CampaignRow, role: 'page.role', besides: ['role'] }).as('cut'))
      .selectAll();
  });
  const summarized = prepare((tables: Kysely<Tables>, values: Values<Summarized & ForViewer>) =>
    summary(tables, values).select(entryCounts(entryTables).as('entries')),
  );

  return {
    find: async (viewer, id) => {
      const [row] = await one(viewer, { id });
      return row === undefined ? null : toSeen(row);
    },

    list: async (viewer, { status, role, q, name, idEnding }, page) => {
      const rows = await listed(viewer, {
        status,
        role,
        pattern: q === null ? null : containing(searchKey(q)),
        name: name === null ? null : searchKey(name),
        idPattern: endingPattern(idEnding),
        after: textAt(page.after, 0),
        limit: page.limit + 1,
      });
      return toCutPage(rows, page, toSeen, ({ value }) => [value.id]);
    },

    summary: async (viewer, id, now) => {
      const [row] = await summarized(viewer, { id, now });
      if (row === undefined) return null;
      return {
        sessionsCompleted: row.sessionsCompleted,
        sessionsTotal: row.sessionsTotal,
        nextSession: toMention(row.nextSession),
        lastSession: toMention(row.lastSession),
        members: Number(row.members),
        entries: row.entries,
        openThreads: row.openThreads ?? [],
      };
    },
  };
}

/** The viewer's live campaigns, with its role in each. */
function seen(tables: Kysely<Tables>, viewerId: Expression<string>) {
  return tables
    .selectFrom('members')
    .innerJoin('campaigns', 'campaigns.id', 'members.campaignId')
    .selectAll('campaigns')
    .select('members.role')
    .where('members.userId', '=', viewerId)
    .where('campaigns.deletedAt', 'is', null);
}

/** However many sessions there are: they are counted as they are written, and each of the others is the first of an index. */
function summary(tables: Kysely<Tables>, { of }: Values<Summarized & ForViewer>) {
  const mention = tables
    .selectFrom('sessions')
    .where('campaignId', '=', of('id'))
    .where('deletedAt', 'is', null)
    .select(['id', 'sessionNumber', 'title', 'scheduledDate', 'timeZone', 'completedDate'])
    .limit(1);
  const byDate = (status: SessionStatus) =>
    mention.where('status', '=', status).orderBy(dateOrLast).orderBy('sessionNumber');
  const running = jsonObjectFrom(byDate('in_progress'));
  const planned = jsonObjectFrom(byDate('planned').where(dateOrLast, '>=', of('now')));
  return seen(tables, of('viewerId'))
    .where('members.campaignId', '=', of('id'))
    .innerJoin('session_counters', 'session_counters.campaignId', 'members.campaignId')
    .clearSelect()
    .select(['session_counters.total as sessionsTotal', 'session_counters.completed as sessionsCompleted'])
    .select([
      (eb) =>
        eb
          .selectFrom('members')
          .where('campaignId', '=', of('id'))
          .select(eb.fn.countAll<number>().as('n'))
          .as('members'),
      (eb) => eb.fn.coalesce(running, planned).as('nextSession'),
      jsonObjectFrom(mention.where('status', '=', 'completed').orderBy('sessionNumber', 'desc')).as('lastSession'),
      tables
        .selectFrom('sessions')
        .leftJoin('session_results', 'session_results.sessionId', 'sessions.id')
        .where('sessions.campaignId', '=', of('id'))
        .where('sessions.deletedAt', 'is', null)
        .where('sessions.status', '=', 'completed')
        .orderBy('sessions.sessionNumber', 'desc')
        .limit(1)
        .select('session_results.unfinishedThreads')
        .as('openThreads'),
    ]);
}

/** A session without a date comes after all that have one. */
const dateOrLast = sql<Date>`coalesce(scheduled_date, 'infinity')`;

interface MentionRow {
  readonly id: string;
  readonly sessionNumber: number;
  readonly title: string;
  /** JSON carries dates as texts. */
  readonly scheduledDate: string | null;
  readonly timeZone: string;
  readonly completedDate: string | null;
}

function toMention(row: MentionRow | null): SessionMention | null {
  if (row === null) return null;
  const { scheduledDate, completedDate, ...session } = byProperty(row);
  return { ...session, scheduledDate: toDate(scheduledDate), completedDate: toDate(completedDate) };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
