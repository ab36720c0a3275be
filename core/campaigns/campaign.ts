import type { Changes } from '../shared/changes.ts';
import { checkTimeZone } from '../shared/time-zone.ts';
import { expectRestorable, type Trashable } from '../shared/trash.ts';
import { type Versioned, revised } from '../shared/version.ts';

export const CAMPAIGN_STATUSES = ['active', 'paused', 'completed', 'archived'] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** A story that a party plays, session after session. */
export interface Campaign extends Versioned, Trashable {
  readonly id: string;
  readonly name: string;
  /** Markdown. */
  readonly description: string | null;
  readonly setting: string | null;
  readonly theme: string | null;
  readonly tone: string | null;
  /** The rules that are played: `D&D 5e`. */
  readonly system: string | null;
  /** 1 to 20. */
  readonly playerCount: number;
  /** 1 to 30. */
  readonly partyLevel: number;
  /** IANA name: where it is played, and in which its sessions are planned unless they have another. */
  readonly timeZone: string;
  readonly status: CampaignStatus;
  /** The first of its owners to join; the creator to begin with. */
  readonly ownerId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface CampaignDetails {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly setting?: string | null | undefined;
  readonly theme?: string | null | undefined;
  readonly tone?: string | null | undefined;
  readonly system?: string | null | undefined;
  readonly playerCount?: number | undefined;
  readonly partyLevel?: number | undefined;
  readonly timeZone?: string | undefined;
}

export type CampaignChanges = Changes<CampaignDetails> & { readonly status?: CampaignStatus | undefined };

/** @throws DomainError `validation_failed` for an unknown time zone */
export function newCampaign(id: string, ownerId: string, details: CampaignDetails, now: Date): Campaign {
  return {
    id,
    name: details.name,
    description: details.description ?? null,
    setting: details.setting ?? null,
    theme: details.theme ?? null,
    tone: details.tone ?? null,
    system: details.system ?? null,
    playerCount: details.playerCount ?? 4,
    partyLevel: details.partyLevel ?? 1,
    timeZone: checkTimeZone(details.timeZone ?? 'UTC'),
    status: 'active',
    ownerId,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    version: 1,
  };
}

/**
 * Only what is given changes, null emptying an optional field; the very same campaign where that is nothing.
 * @throws DomainError `validation_failed` for an unknown time zone
 */
export function updated(campaign: Campaign, changes: CampaignChanges, now: Date): Campaign {
  const { timeZone = campaign.timeZone } = changes;
  return revised(campaign, { ...changes, timeZone: checkTimeZone(timeZone) }, now);
}

export function trashed(campaign: Campaign, now: Date): Campaign {
  return revised(campaign, { deletedAt: now }, now);
}

/** @throws DomainError `not_found` when it was deleted too long ago */
export function restored(campaign: Campaign, now: Date): Campaign {
  expectRestorable(campaign, now);
  return revised(campaign, { deletedAt: null }, now);
}
