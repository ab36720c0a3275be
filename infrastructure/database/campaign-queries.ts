import { type InferKyselyDB } from '@mikro-orm/postgresql';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import { type Campaign } from '../../core/campaigns/campaign.ts';
import { type CampaignQueries, type SessionMention } from '../../core/campaigns/campaign-queries.ts';
import { type Seen } from '../../core/members/member.ts';
import { type Role } from '../../core/members/role.ts';
import { type CampaignRow, type CampaignTables, toCampaign } from './campaign-repository.ts';
import { type Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type MemberRow } from './member-repository.ts';
import { type SessionResultsRow, type SessionRow } from './session-repository.ts';

type Tables = InferKyselyDB<typeof CampaignRow | typeof MemberRow | typeof SessionRow | typeof SessionResultsRow>;

export function makeCampaignQueries(database: Database): CampaignQueries {
  const tables = () => database.em().getKysely<Tables>();
  /** The viewer's live campaigns, with its role in each. */
  const seen = (viewerId: string) =>
    tables()
      .selectFrom('members')
      .innerJoin('campaigns', 'campaigns.id', 'members.campaign_id')
      .selectAll('campaigns')
      .select('members.role')
      .where('members.user_id', '=', viewerId)
      .where('campaigns.deleted_at', 'is', null);

  return {
    find: async (viewerId, id) => {
      const row = await seen(viewerId).where('members.campaign_id', '=', id).executeTakeFirst();
      return row === undefined ? null : toSeen(row);
    },

    list: async (viewerId, { status, role, q }, page) => {
      const rows = await seen(viewerId)
        .$if(status !== null, (query) => query.where('campaigns.status', '=', status))
        .$if(role !== null, (query) => query.where('members.role', '=', role))
        .$if(q !== null, (query) => query.where('campaigns.name', 'ilike', `%${escapeLike(q ?? '')}%`))
        .$if(page.after !== null, (query) => query.where('members.campaign_id', '<', textAt(page.after ?? [], 0)))
        // UUIDv7: the newest has the greatest id.
        .orderBy('members.campaign_id', 'desc')
        .limit(page.limit + 1)
        .execute();
      return toPage(rows, page, toSeen, (row) => [row.id]);
    },

    summary: async (viewerId, id, now) => {
      const live = tables().selectFrom('sessions').where('campaign_id', '=', id).where('deleted_at', 'is', null);
      const mention = live.select(['id', 'session_number', 'title', 'scheduled_date', 'completed_date']);
      const row = await seen(viewerId)
        .where('members.campaign_id', '=', id)
        .clearSelect()
        .select([
          (eb) =>
            eb
              .selectFrom('members')
              .where('campaign_id', '=', id)
              .select(eb.fn.countAll<number>().as('n'))
              .as('members'),
          live.select((eb) => eb.fn.countAll<number>().as('n')).as('sessionsTotal'),
          live
            .where('status', '=', 'completed')
            .select((eb) => eb.fn.countAll<number>().as('n'))
            .as('sessionsCompleted'),
          jsonObjectFrom(
            mention
              .where((eb) =>
                eb.or([
                  eb('status', '=', 'in_progress'),
                  eb.and([
                    eb('status', '=', 'planned'),
                    eb.or([eb('scheduled_date', '>=', now), eb('scheduled_date', 'is', null)]),
                  ]),
                ]),
              )
              .orderBy((eb) => eb.case().when('status', '=', 'in_progress').then(0).else(1).end())
              .orderBy('scheduled_date', (order) => order.asc().nullsLast())
              .orderBy('session_number')
              .limit(1),
          ).as('nextSession'),
          jsonObjectFrom(mention.where('status', '=', 'completed').orderBy('session_number', 'desc').limit(1)).as(
            'lastSession',
          ),
          tables()
            .selectFrom('sessions')
            .innerJoin('session_results', 'session_results.session_id', 'sessions.id')
            .where('sessions.campaign_id', '=', id)
            .where('sessions.deleted_at', 'is', null)
            .where('sessions.status', '=', 'completed')
            .orderBy('sessions.session_number', 'desc')
            .limit(1)
            .select('session_results.unfinished_threads')
            .as('openThreads'),
        ])
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        sessionsCompleted: Number(row.sessionsCompleted),
        sessionsTotal: Number(row.sessionsTotal),
        nextSession: toMention(row.nextSession),
        lastSession: toMention(row.lastSession),
        members: Number(row.members),
        openThreads: row.openThreads ?? [],
      };
    },
  };
}

function toSeen(row: CampaignTables['campaigns'] & { role: Role }): Seen<Campaign> {
  return { value: toCampaign(row), role: row.role };
}

interface MentionRow {
  readonly id: string;
  readonly session_number: number;
  readonly title: string;
  /** JSON carries dates as texts. */
  readonly scheduled_date: string | null;
  readonly completed_date: string | null;
}

function toMention(row: MentionRow | null): SessionMention | null {
  if (row === null) return null;
  return {
    id: row.id,
    sessionNumber: row.session_number,
    title: row.title,
    scheduledDate: toDate(row.scheduled_date),
    completedDate: toDate(row.completed_date),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
