import { type InferType, object } from 'yup';
import { CAMPAIGN_STATUSES, type Campaign } from '../../core/campaigns/campaign.ts';
import type { CampaignSummary, SessionMention } from '../../core/campaigns/campaign-queries.ts';
import type { Seen } from '../../core/members/member.ts';
import { ROLES, abilitiesOn } from '../../core/members/role.ts';
import { instantOrNull, instantText } from './instant-text.ts';
import { oneOf, shown } from './fields.ts';
import { view } from './response.ts';

const ABILITIES = new Map(
  ROLES.map((role) => [role, abilitiesOn('campaign', role).filter((verb) => verb !== 'restore')]),
);

export const campaignView = view({
  schema: object({
    id: shown.id(),
    name: shown.text(),
    description: shown.textOrNull(),
    setting: shown.textOrNull(),
    theme: shown.textOrNull(),
    tone: shown.textOrNull(),
    system: shown.textOrNull(),
    playerCount: shown.count(),
    partyLevel: shown.count(),
    timeZone: shown.text(),
    status: oneOf(CAMPAIGN_STATUSES),
    ownerId: shown.id(),
    role: oneOf(ROLES),
    abilities: shown.texts(),
    createdAt: shown.instant(),
    updatedAt: shown.instant(),
  }),
  present: ({ value: campaign, role }: Seen<Campaign>) => ({
    id: campaign.id,
    name: campaign.name,
    description: campaign.description,
    setting: campaign.setting,
    theme: campaign.theme,
    tone: campaign.tone,
    system: campaign.system,
    playerCount: campaign.playerCount,
    partyLevel: campaign.partyLevel,
    timeZone: campaign.timeZone,
    status: campaign.status,
    ownerId: campaign.ownerId,
    role,
    abilities: ABILITIES.get(role) ?? [],
    createdAt: instantText(campaign.createdAt),
    updatedAt: instantText(campaign.updatedAt),
  }),
  etag: ({ value, role }) => `${value.version}-${role}`,
  location: ({ value }) => `/api/campaigns/${value.id}`,
});

const mentionSchema = object({
  id: shown.id(),
  sessionNumber: shown.count(),
  title: shown.text(),
  scheduledDate: shown.instantOrNull(),
  timeZone: shown.text(),
  completedDate: shown.instantOrNull(),
});

export const summaryView = view({
  schema: object({
    sessionsCompleted: shown.count(),
    sessionsTotal: shown.count(),
    nextSession: mentionSchema.nullable().defined(),
    lastSession: mentionSchema.nullable().defined(),
    members: shown.count(),
    npcs: shown.count(),
    openThreads: shown.texts(),
  }),
  present: (summary: CampaignSummary) => ({
    sessionsCompleted: summary.sessionsCompleted,
    sessionsTotal: summary.sessionsTotal,
    nextSession: mentioned(summary.nextSession),
    lastSession: mentioned(summary.lastSession),
    members: summary.members,
    npcs: summary.entries.npcs ?? 0,
    openThreads: [...summary.openThreads],
  }),
});

function mentioned(session: SessionMention | null): InferType<typeof mentionSchema> | null {
  if (session === null) return null;
  return {
    id: session.id,
    sessionNumber: session.sessionNumber,
    title: session.title,
    scheduledDate: instantOrNull(session.scheduledDate),
    timeZone: session.timeZone,
    completedDate: instantOrNull(session.completedDate),
  };
}
