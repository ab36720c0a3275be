import { type Role, type Status, campaignAbilities, runs, sessionAbilities } from '../peer.ts';

/** Columns under their JSON names, so that a row goes to the serializer as it is. */
export const CAMPAIGN_COLUMNS =
  'c.id, c.name, c.description, c.setting, c.theme, c.tone, c.system, c.player_count as "playerCount", ' +
  'c.party_level as "partyLevel", c.time_zone as "timeZone", c.status, c.owner_id as "ownerId", c.created_at as "createdAt", ' +
  'c.updated_at as "updatedAt"';

export const SESSION_COLUMNS =
  's.id, s.campaign_id as "campaignId", s.session_number as "sessionNumber", s.title, s.description, ' +
  's.gm_notes as "gmNotes", s.scheduled_date as "scheduledDate", s.time_zone as "timeZone", ' +
  's.duration_minutes as "durationMinutes", s.status, s.started_at as "startedAt", ' +
  's.completed_date as "completedDate", s.cancelled_reason as "cancelledReason", s.created_at as "createdAt", ' +
  's.updated_at as "updatedAt"';

export interface CampaignRow {
  readonly id: string;
  readonly role: Role;
  abilities?: readonly string[];
}

export interface SessionRow {
  /** Null where a member's campaign has no session to show. */
  readonly id: string | null;
  readonly sessionNumber: number;
  readonly status: Status;
  readonly role: Role;
  gmNotes?: string | null | undefined;
  abilities?: readonly string[];
}

export function presentCampaign(row: CampaignRow): CampaignRow {
  row.abilities = campaignAbilities[row.role];
  return row;
}

export function presentSession<Row extends SessionRow>(row: Row): Row {
  row.abilities = sessionAbilities(row.role, row.status);
  if (!runs(row.role)) row.gmNotes = undefined;
  return row;
}
