import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';
import { v7 } from 'uuid';
import { runs } from '../peer.ts';
import {
  CAMPAIGN_COLUMNS,
  type CampaignRow,
  SESSION_COLUMNS,
  type SessionRow,
  presentCampaign,
  presentSession,
} from './rows.ts';
import {
  campaign,
  campaignParams,
  finalized,
  newCampaign,
  newResults,
  newSession,
  session,
  sessionsParams,
} from './schemas.ts';

/* Each write is one statement, and so one transaction and one round trip. */

const CREATE = {
  name: 'create-campaign',
  text:
    'with added as (insert into campaigns (id, owner_id, name, description, setting, theme, tone, system, ' +
    'player_count, party_level, status, created_at, updated_at, version) ' +
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'active', $11, $11, 1) returning *), " +
    'counted as (insert into session_counters (campaign_id, last) select id, 0 from added), ' +
    'joined as (insert into members (campaign_id, user_id, role, joined_at) ' +
    "select id, owner_id, 'owner', created_at from added) " +
    `select ${CAMPAIGN_COLUMNS}, 'owner' as role from added c`,
};
const SCHEDULE = {
  name: 'schedule-session',
  text:
    'with allowed as (select m.role from members m join campaigns c on c.id = m.campaign_id ' +
    'where m.user_id = $2 and m.campaign_id = $3 and c.deleted_at is null), ' +
    'counted as (update session_counters set last = last + 1 from allowed ' +
    "where campaign_id = $3 and allowed.role in ('owner', 'gm') returning last), " +
    'added as (insert into sessions (id, campaign_id, session_number, title, description, gm_notes, scheduled_date, ' +
    'time_zone, duration_minutes, status, created_at, updated_at, version) ' +
    "select $1, $3, last, $4::text, $5::text, $6::text, $7::timestamptz, $8::text, $9::int, 'planned', " +
    '$10::timestamptz, $10::timestamptz, 1 from counted returning *) ' +
    `select allowed.role, ${SESSION_COLUMNS} from allowed left join added s on true`,
};
const FINALIZE = {
  name: 'finalize-session',
  text:
    'with found as (select s.id, s.status, m.role from sessions s ' +
    'join campaigns c on c.id = s.campaign_id and c.deleted_at is null ' +
    'join members m on m.campaign_id = s.campaign_id and m.user_id = $2 ' +
    'where s.id = $1 and s.deleted_at is null for no key update of s), ' +
    "changed as (update sessions s set status = 'completed', completed_date = $3, updated_at = $3, " +
    'version = s.version + 1 from found where s.id = found.id ' +
    "and found.role in ('owner', 'gm') and found.status in ('planned', 'in_progress') returning s.*), " +
    'kept as (insert into session_results (session_id, campaign_id, summary, events, player_decisions, ' +
    'npc_interactions, world_changes, unfinished_threads, xp_awarded, loot_awarded, death_count, duration_minutes, ' +
    'mood, gm_summary, captured_at) select id, campaign_id, $4::text, $5::text[], $6::text[], $7::jsonb, $8::text[], ' +
    '$9::text[], $10::int, $11::text[], $12::int, $13::int, $14::text, $15::text, $3 from changed) ' +
    `select found.role, ${SESSION_COLUMNS} from found left join changed s on true`,
};

interface NewCampaign {
  readonly name: string;
  readonly description?: string | null;
  readonly setting?: string | null;
  readonly theme?: string | null;
  readonly tone?: string | null;
  readonly system?: string | null;
  readonly playerCount: number;
  readonly partyLevel: number;
}

interface NewSession {
  readonly title: string;
  readonly description?: string | null;
  readonly gmNotes?: string | null;
  readonly scheduledDate?: string | null;
  readonly timeZone: string;
  readonly durationMinutes?: number | null;
}

interface NewResults {
  readonly summary?: string | null;
  readonly events: readonly string[];
  readonly playerDecisions: readonly string[];
  readonly npcInteractions: readonly object[];
  readonly worldChanges: readonly string[];
  readonly unfinishedThreads: readonly string[];
  readonly xpAwarded: number;
  readonly lootAwarded: readonly string[];
  readonly deathCount: number;
  readonly durationMinutes?: number | null;
  readonly mood?: string | null;
  readonly gmSummary?: string | null;
}

export function addWrites(api: FastifyInstance, pool: pg.Pool): void {
  api.post<{ Body: NewCampaign }>(
    '/api/campaigns',
    { schema: { body: newCampaign, response: { 201: campaign } } },
    async ({ userId, body }, reply) => {
      const { name, description, setting, theme, tone, system, playerCount, partyLevel } = body;
      const details = [name.trim(), description, setting, theme, tone, system, playerCount, partyLevel];
      const { rows } = await pool.query<CampaignRow>({ ...CREATE, values: [v7(), userId, ...details, new Date()] });
      const [row] = rows;
      if (row === undefined) throw new Error('What was added is answered.');
      return reply.code(201).header('location', `/api/campaigns/${row.id}`).send(presentCampaign(row));
    },
  );

  api.post<{ Params: { campaignId: string }; Body: NewSession }>(
    '/api/campaigns/:campaignId/sessions',
    { schema: { params: sessionsParams, body: newSession, response: { 201: session } } },
    async ({ userId, params: { campaignId }, body }, reply) => {
      const { title, description, gmNotes, scheduledDate, timeZone, durationMinutes } = body;
      const details = [title.trim(), description, gmNotes, scheduledDate, timeZone, durationMinutes];
      const values = [v7(), userId, campaignId, ...details, new Date()];
      const [row] = (await pool.query<SessionRow>({ ...SCHEDULE, values })).rows;
      if (row?.id == null) return refuse(reply, row);
      return reply.code(201).header('location', `/api/sessions/${row.id}`).send(presentSession(row));
    },
  );

  api.post<{ Params: { id: string }; Body: NewResults }>(
    '/api/sessions/:id/finalize',
    { schema: { params: campaignParams, body: newResults, response: { 200: finalized } } },
    async ({ userId, params: { id }, body }, reply) => {
      const now = new Date();
      const values = [
        ...[id, userId, now, body.summary, body.events, body.playerDecisions, JSON.stringify(body.npcInteractions)],
        ...[body.worldChanges, body.unfinishedThreads, body.xpAwarded, body.lootAwarded, body.deathCount],
        ...[body.durationMinutes, body.mood, body.gmSummary],
      ];
      const [row] = (await pool.query<SessionRow>({ ...FINALIZE, values })).rows;
      if (row?.id == null) return refuse(reply, row);
      const { summary = null, durationMinutes = null, mood = null, gmSummary = null } = body;
      const results = { ...body, summary, durationMinutes, mood, gmSummary, capturedAt: now };
      return { ...presentSession(row), results };
    },
  );
}

/** No row: no member. A member without a result: too weak a role, or a state that does not allow it. */
function refuse(reply: FastifyReply, row: SessionRow | undefined): FastifyReply {
  if (row === undefined) return reply.code(404).send({ code: 'not_found' });
  return runs(row.role)
    ? reply.code(409).send({ code: 'illegal_transition' })
    : reply.code(403).send({ code: 'forbidden' });
}
