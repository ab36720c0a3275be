import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import { MOODS, type NpcInteraction, type Results } from '../../core/sessions/results.ts';
import { SESSION_STATUSES, type Session } from '../../core/sessions/session.ts';
import type { SessionRepository } from '../../core/sessions/session-repository.ts';
import { notFound } from '../../core/shared/errors.ts';
import { CampaignRow } from './campaign-repository.ts';
import { campaignTag } from './change-feed/tag.ts';
import { naming } from './constraint.ts';
import type { Database } from './database.ts';
import { type Values, prepare, prepareChange } from './prepared-statement.ts';
import { type RowValues, prepareInsert, prepareSave, prepareUpsert } from './row-statements.ts';
import { textArray } from './text-array.ts';

export const SessionRow = defineEntity({
  name: 'SessionRow',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary(),
    campaign_id: () =>
      p.manyToOne(CampaignRow).mapToPk().fieldName('campaign_id').deleteRule('cascade').updateRule('no action'),
    session_number: p.integer(),
    title: p.text(),
    description: p.text().nullable(),
    gm_notes: p.text().nullable(),
    scheduled_date: p.datetime(3).nullable(),
    time_zone: p.text(),
    duration_minutes: p.integer().nullable(),
    status: p.text().$type<Session['status']>(),
    started_at: p.datetime(3).nullable(),
    completed_date: p.datetime(3).nullable(),
    cancelled_reason: p.text().nullable(),
    created_at: p.datetime(3),
    updated_at: p.datetime(3),
    deleted_at: p.datetime(3).nullable(),
    version: p.integer(),
  },
  uniques: [{ name: 'sessions_number_unique', properties: ['campaign_id', 'session_number'] }],
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
  ],
  checks: [
    { name: 'sessions_number_check', expression: 'session_number >= 1 and session_number <= 1000000' },
    { name: 'sessions_title_check', expression: 'length(title) >= 1 and length(title) <= 255' },
    { name: 'sessions_description_check', expression: 'length(description) <= 100000' },
    { name: 'sessions_gm_notes_check', expression: 'length(gm_notes) <= 100000' },
    { name: 'sessions_duration_check', expression: 'duration_minutes > 0' },
    { name: 'sessions_status_check', expression: `status in (${quoted(SESSION_STATUSES)})` },
    { name: 'sessions_completed_check', expression: "(status = 'completed') = (completed_date is not null)" },
  ],
});

export const SessionResultsRow = defineEntity({
  name: 'SessionResultsRow',
  tableName: 'session_results',
  properties: {
    session_id: () =>
      p.manyToOne(SessionRow).mapToPk().primary().fieldName('session_id').deleteRule('cascade').updateRule('no action'),
    campaign_id: () =>
      p.manyToOne(CampaignRow).mapToPk().fieldName('campaign_id').deleteRule('cascade').updateRule('no action'),
    summary: p.text().nullable(),
    events: p.array(),
    player_decisions: p.array(),
    npc_interactions: p.json().$type<readonly NpcInteraction[]>(),
    world_changes: p.array(),
    unfinished_threads: p.array(),
    xp_awarded: p.integer(),
    loot_awarded: p.array(),
    death_count: p.integer(),
    duration_minutes: p.integer().nullable(),
    mood: p.text().$type<NonNullable<Results['mood']>>().nullable(),
    gm_summary: p.text().nullable(),
    captured_at: p.datetime(3),
  },
  indexes: [{ name: 'session_results_campaign_id_index', properties: ['campaign_id'] }],
  checks: [
    { name: 'session_results_xp_check', expression: 'xp_awarded >= 0' },
    { name: 'session_results_deaths_check', expression: 'death_count >= 0' },
    { name: 'session_results_duration_check', expression: 'duration_minutes > 0' },
    { name: 'session_results_mood_check', expression: `mood in (${quoted(MOODS)})` },
  ],
});

export type SessionTables = InferKyselyDB<typeof SessionRow | typeof SessionResultsRow | typeof CampaignRow>;

const explain = naming({
  sessions_number_unique: {
    code: 'session_number_taken',
    message: 'Another session of this campaign has that number, be it in the trash. Choose another, or leave it out.',
  },
});

export function makeSessionRepository(database: Database): SessionRepository {
  const insert = prepareInsert<SessionTables['sessions']>(database, SessionRow);
  const update = prepareSave<SessionTables['sessions']>(database, SessionRow);
  const upsertResults = prepareUpsert<SessionTables['session_results']>(database, SessionResultsRow);
  const present = prepare(database, inPresentCampaign);
  const locked = prepareChange(database, (tables: Kysely<SessionTables>, values: Values<One>) =>
    inPresentCampaign(tables, values).forNoKeyUpdate('sessions'),
  );
  const results = prepare(database, (tables: Kysely<SessionTables>, { of }: Values<One>) =>
    tables.selectFrom('session_results').selectAll().where('session_id', '=', of('id')),
  );
  return {
    add: async (session) => {
      await insert(toSessionRow(session), explain);
      await database.changed(campaignTag(session.campaignId));
    },
    save: async (session) => {
      await update(toSessionRow(session), explain);
      await database.changed(campaignTag(session.campaignId));
    },
    find: async (id) => {
      const [row] = await present({ id });
      return row === undefined ? null : toSession(row);
    },
    getForUpdate: async (id) => {
      const [row] = await locked({ id });
      if (row === undefined) throw notFound();
      return toSession(row);
    },
    findResults: async (sessionId) => {
      const [row] = await results({ id: sessionId });
      return row === undefined ? null : toResults(row);
    },
    saveResults: async ({ id: sessionId, campaignId }, given) => {
      await upsertResults({ session_id: sessionId, campaign_id: campaignId, ...toResultsRow(given) });
      await database.changed(campaignTag(campaignId));
    },
  };
}

interface One {
  readonly id: string;
}

function inPresentCampaign(tables: Kysely<SessionTables>, { of }: Values<One>) {
  return tables
    .selectFrom('sessions')
    .innerJoin('campaigns', 'campaigns.id', 'sessions.campaign_id')
    .selectAll('sessions')
    .where('sessions.id', '=', of('id'))
    .where('campaigns.deleted_at', 'is', null);
}

type ResultsColumns = Omit<SessionTables['session_results'], 'session_id' | 'campaign_id'>;

/** The entity that a row, or a wider one, holds. */
export function toSession(row: SessionTables['sessions']): Session {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    sessionNumber: row.session_number,
    title: row.title,
    description: row.description,
    gmNotes: row.gm_notes,
    scheduledDate: row.scheduled_date,
    timeZone: row.time_zone,
    durationMinutes: row.duration_minutes,
    status: row.status,
    startedAt: row.started_at,
    completedDate: row.completed_date,
    cancelledReason: row.cancelled_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    version: row.version,
  };
}

function toSessionRow(session: Session): SessionTables['sessions'] {
  return {
    id: session.id,
    campaign_id: session.campaignId,
    session_number: session.sessionNumber,
    title: session.title,
    description: session.description,
    gm_notes: session.gmNotes,
    scheduled_date: session.scheduledDate,
    time_zone: session.timeZone,
    duration_minutes: session.durationMinutes,
    status: session.status,
    started_at: session.startedAt,
    completed_date: session.completedDate,
    cancelled_reason: session.cancelledReason,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    deleted_at: session.deletedAt,
    version: session.version,
  };
}

export function toResults(row: ResultsColumns): Results {
  return {
    summary: row.summary,
    events: row.events,
    playerDecisions: row.player_decisions,
    npcInteractions: row.npc_interactions.map(({ npcId, name, note }) => ({ npcId, name, note })),
    worldChanges: row.world_changes,
    unfinishedThreads: row.unfinished_threads,
    xpAwarded: row.xp_awarded,
    lootAwarded: row.loot_awarded,
    deathCount: row.death_count,
    durationMinutes: row.duration_minutes,
    mood: row.mood,
    gmSummary: row.gm_summary,
    capturedAt: row.captured_at,
  };
}

function toResultsRow(results: Results): RowValues<ResultsColumns> {
  return {
    summary: results.summary,
    events: textArray(results.events),
    player_decisions: textArray(results.playerDecisions),
    npc_interactions: JSON.stringify(results.npcInteractions),
    world_changes: textArray(results.worldChanges),
    unfinished_threads: textArray(results.unfinishedThreads),
    xp_awarded: results.xpAwarded,
    loot_awarded: textArray(results.lootAwarded),
    death_count: results.deathCount,
    duration_minutes: results.durationMinutes,
    mood: results.mood,
    gm_summary: results.gmSummary,
    captured_at: results.capturedAt,
  };
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
