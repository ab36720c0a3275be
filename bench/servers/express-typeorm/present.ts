import { type Role, campaignAbilities, runs, sessionAbilities } from '../peer.ts';
import type { Campaign, Session } from './entities.ts';

/* Dates become texts by JSON.stringify, as everywhere in Express. */

export function presentCampaign(campaign: Campaign, role: Role): object {
  return {
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
    abilities: campaignAbilities[role],
    createdAt: campaign.createdAt,
    updatedAt: campaign.updatedAt,
  };
}

export function presentSession(session: Omit<Session, 'campaign'>, role: Role): object {
  return {
    id: session.id,
    campaignId: session.campaignId,
    sessionNumber: session.sessionNumber,
    title: session.title,
    description: session.description,
    // JSON.stringify leaves out what is undefined.
    gmNotes: runs(role) ? session.gmNotes : undefined,
    scheduledDate: session.scheduledDate,
    timeZone: session.timeZone,
    durationMinutes: session.durationMinutes,
    status: session.status,
    startedAt: session.startedAt,
    completedDate: session.completedDate,
    cancelledReason: session.cancelledReason,
    abilities: sessionAbilities(role, session.status),
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
  };
}
