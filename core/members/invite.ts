import { DomainError } from '../shared/errors.ts';
import type { Role } from './role.ts';

/** Whom an invite can make of somebody. Owners are made of members. */
export const INVITED_ROLES = ['gm', 'player', 'viewer'] as const satisfies readonly Role[];

/** A way into a campaign, for whoever has its code. Only the code's hash is stored. */
export interface Invite {
  readonly id: string;
  readonly campaignId: string;
  readonly role: (typeof INVITED_ROLES)[number];
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
  /** Null: as many as come. */
  readonly maxUses: number | null;
  /** How many it has let in. */
  readonly uses: number;
}

export interface NewInvite {
  readonly role: Invite['role'];
  /** A week where nothing is said; null for an invite that does not expire. */
  readonly expiresInHours?: number | null | undefined;
  readonly maxUses?: number | null | undefined;
}

/** Of one campaign, at a time: as many as anybody keeps track of. */
export const MAX_INVITES = 100;
const WEEK_HOURS = 7 * 24;
const HOUR_MS = 60 * 60 * 1000;

interface Origin {
  readonly id: string;
  readonly campaignId: string;
  readonly createdBy: string;
  readonly now: Date;
}

export function newInvite(
  { role, expiresInHours = WEEK_HOURS, maxUses = null }: NewInvite,
  { id, campaignId, createdBy, now }: Origin,
): Invite {
  const expiresAt = expiresInHours === null ? null : new Date(now.getTime() + expiresInHours * HOUR_MS);
  return { id, campaignId, role, createdBy, createdAt: now, expiresAt, maxUses, uses: 0 };
}

export function hasExpired({ expiresAt }: Invite, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

export function isUsedUp({ uses, maxUses }: Invite): boolean {
  return maxUses !== null && uses >= maxUses;
}

export function inviteUsedUp(): DomainError {
  return new DomainError(
    'invite_used_up',
    'This invite has let in as many as it may. Ask a game master for a new one.',
  );
}

/** Of a code that is unknown, or of an invite that has ended: nobody learns which. */
export function noSuchInvite(): DomainError {
  return new DomainError('not_found', 'No invite has this code, or it has ended. Check it, or ask for a new one.');
}

export function tooManyInvites(): DomainError {
  return new DomainError(
    'limit_reached',
    `This campaign has ${MAX_INVITES} invites. Revoke one that is not needed any more.`,
  );
}
