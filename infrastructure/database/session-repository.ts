import { defineEntity, p } from '@mikro-orm/postgresql';
import { MOODS, type NpcInteraction, type Results } from '../../core/sessions/results.ts';
import { SESSION_STATUSES, type Session } from '../../core/sessions/session.ts';
import type { SessionRepository } from '../../core/sessions/session-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import { CampaignRow } from './campaign-repository.ts';
import { campaignTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { type Quotas, countsBytes } from './quotas.ts';
import { type RowOf, isBetween, isOneOf } from './row-schema.ts';
import { entityColumns } from './search-column.ts';
import { countsSessions } from './session-counts.ts';
import { makeTable } from './table.ts';

export const SessionRow = defineEntity({
  name: 'SessionRow',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary(),
    campaignId: () => p.manyToOne(CampaignRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    sessionNumber: p.integer(),
    title: p.text(),
    searchKey: p.text().nullable(),
    description: p.text().nullable(),
    gmNotes: p.text().nullable().hidden(),
    scheduledDate: p.datetime(3).nullable(),
    timeZone: p.text(),
    durationMinutes: p.integer().nullable(),
    status: p.text().$type<Session['status']>(),
    startedAt: p.datetime(3).nullable(),
    completedDate: p.datetime(3).nullable(),
    cancelledReason: p.text().nullable(),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
    deletedAt: p.datetime(3).nullable(),
    version: p.integer(),
  },
  uniques: [{ name: 'sessions_number_unique', properties: ['campaignId', 'sessionNumber'] }],
  indexes: [
    {
      name: 'sessions_by_date_index',
      expression:
        `create index "sessions_by_date_index" on "sessions" ("campaign_id", (coalesce("scheduled_date", 'infinity')), ` +
        '"session_number") where "deleted_at" is null',
    },
    {
      name: 'sessions_by_status_index',
      expression:
        'create index "sessions_by_status_index" on "sessions" ("campaign_id", "status", "session_number") ' +
        'where "deleted_at" is null',
    },
    {
      name: 'sessions_by_status_and_date_index',
      expression:
        'create index "sessions_by_status_and_date_index" on "sessions" ("campaign_id", "status", ' +
        `(coalesce("scheduled_date", 'infinity')), "session_number") where "deleted_at" is null`,
    },
  ],
  checks: [
    { name: 'sessions_number_check', expression: isBetween('session_number', 1, 1_000_000) },
    { name: 'sessions_title_check', expression: isBetween('length(title)', 1, 255) },
    { name: 'sessions_description_check', expression: 'length(description) <= 100000' },
    { name: 'sessions_gm_notes_check', expression: 'length(gm_notes) <= 100000' },
    { name: 'sessions_duration_check', expression: 'duration_minutes > 0' },
    { name: 'sessions_status_check', expression: isOneOf('status', SESSION_STATUSES) },
    { name: 'sessions_completed_check', expression: "(status = 'completed') = (completed_date is not null)" },
  ],
  triggers: [countsBytes, ...countsSessions],
});

export const SessionResultsRow = defineEntity({
  name: 'SessionResultsRow',
  tableName: 'session_results',
  properties: {
    sessionId: () => p.manyToOne(SessionRow).mapToPk().primary().deleteRule('cascade').updateRule('no action'),
    campaignId: () => p.manyToOne(CampaignRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    summary: p.text().nullable(),
    events: p.array(),
    playerDecisions: p.array(),
    npcInteractions: p.json().$type<readonly NpcInteraction[]>(),
    worldChanges: p.array(),
    unfinishedThreads: p.array(),
    xpAwarded: p.integer(),
    lootAwarded: p.array(),
    deathCount: p.integer(),
    durationMinutes: p.integer().nullable(),
    mood: p.text().$type<NonNullable<Results['mood']>>().nullable(),
    gmSummary: p.text().nullable().hidden(),
    capturedAt: p.datetime(3),
  },
  indexes: [{ name: 'session_results_campaign_id_index', properties: ['campaignId'] }],
  checks: [
    { name: 'session_results_xp_check', expression: 'xp_awarded >= 0' },
    { name: 'session_results_deaths_check', expression: 'death_count >= 0' },
    { name: 'session_results_duration_check', expression: 'duration_minutes > 0' },
    { name: 'session_results_mood_check', expression: isOneOf('mood', MOODS) },
  ],
  triggers: [countsBytes],
});

export function makeSessionRepository(database: Database, quotas: Quotas): SessionRepository {
  const sessions = makeTable(database, SessionRow, {
    sessions_number_unique: {
      code: 'session_number_taken',
      message: 'Another session of this campaign has that number, be it in the trash. Choose another, or leave it out.',
    },
  });
  const results = makeTable(database, SessionResultsRow);
  const columns = entityColumns(database, SessionRow, 'sessions');
  const present = `select ${columns} from sessions
    join campaigns on campaigns.id = sessions.campaign_id and campaigns.deleted_at is null`;
  const found = prepareText<Session>(database, `${present} where sessions.id = $1`);
  const locked = prepareText<Session>(
    database,
    `${present} join members on members.campaign_id = sessions.campaign_id
    where members.user_id = $1 and sessions.id = $2 for no key update of sessions`,
  );
  const resultsOf = prepareText<RowOf<typeof SessionResultsRow>>(
    database,
    'select * from session_results where session_id = $1',
  );
  return {
    expectRoom: (campaignId) => quotas.session(campaignId),
    add: async (session) => {
      await sessions.insert({ ...session, searchKey: searchKey(session.title) });
      await quotas.bytes(session.campaignId);
      await database.changed(campaignTag(session.campaignId));
    },
    save: async (session) => {
      await sessions.save({ ...session, searchKey: searchKey(session.title) });
      await quotas.bytes(session.campaignId);
      await database.changed(campaignTag(session.campaignId));
    },
    find: async (id) => (await found(id))[0] ?? null,
    getForUpdate: async (userId, id) => {
      const [session] = await locked(userId, id);
      if (session === undefined) throw notFound();
      return session;
    },
    findResults: async (id) => {
      const [row] = await resultsOf(id);
      return row === undefined ? null : resultsIn(row);
    },
    saveResults: async ({ id: sessionId, campaignId }, given) => {
      await results.upsert({ ...given, sessionId, campaignId });
      await quotas.bytes(campaignId);
      await database.changed(campaignTag(campaignId));
    },
  };
}

/** A row of results is their session's, and its campaign's. */
export function resultsIn({ sessionId, campaignId, ...results }: RowOf<typeof SessionResultsRow>): Results {
  return results;
}
