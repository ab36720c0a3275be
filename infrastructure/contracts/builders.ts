import type { Actor } from '../../core/shared/actor.ts';
import { v7 as uuid } from 'uuid';
import type { AuditEvent } from '../../core/audit/audit-event.ts';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { SignIn } from '../../core/auth/sign-in.ts';
import type { Campaign } from '../../core/campaigns/campaign.ts';
import type { Invite } from '../../core/members/invite.ts';
import type { Member } from '../../core/members/member.ts';
import type { Results } from '../../core/sessions/results.ts';
import type { Session } from '../../core/sessions/session.ts';
import type { User } from '../../core/users/user.ts';
import type { Entry } from '../../core/world/entry.ts';

// Every default is valid, and differs from every other of the same type: a mapper that mixes two fields up is found.

let count = 0;

/** A text that storage and transport like to spoil, different every time. */
function aText(name: string): string {
  count += 1;
  return `${name} ${count}: „Größe“ & 'ß' "x" \\n \\\\ 🐉👩‍👩‍👧 e\u0301 漢字 %s $1 {} -- ;`;
}

/** A moment, to the millisecond, different every time and later than those before. */
export function aMoment(): Date {
  count += 1;
  return new Date(Date.UTC(2026, 10, 23, 19, 0, 0, 123) + count * 1_001);
}

/** As a refresh token's hash looks: 256 bits in hexadecimal digits. */
export function aTokenHash(): string {
  return (uuid() + uuid()).replaceAll('-', '').split('').reverse().join('');
}

export function aUser(values: Partial<User> = {}): User {
  const id = uuid();
  const name = id.slice(-12);
  return {
    id,
    email: `mail-${name}@example.org`,
    username: `Älva_${name}`,
    passwordHash: `$argon2id$v=19$m=19456,t=2,p=1$${name}$c2FsdCBhbmQgcGVwcGVy`,
    status: 'active',
    createdAt: aMoment(),
    updatedAt: aMoment(),
    version: 1,
    ...values,
  };
}

export function anAuditEvent(values: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: uuid(),
    at: aMoment(),
    actorId: uuid(),
    action: 'changed',
    subjectKind: 'api-token',
    subjectId: uuid(),
    campaignId: uuid(),
    details: { text: aText('detail'), count: 3, yes: true, none: null },
    ...values,
  };
}

export function aSignIn(values: Partial<SignIn> & { readonly userId: string }): SignIn {
  const createdAt = aMoment();
  return {
    id: uuid(),
    createdAt,
    lastUsedAt: aMoment(),
    expiresAt: new Date(createdAt.getTime() + 30 * 24 * 60 * 60 * 1000),
    userAgent: aText('Mozilla/5.0'),
    endedAt: null,
    ...values,
  };
}

export function anApiToken(values: Partial<ApiToken> & { readonly userId: string }): ApiToken {
  const createdAt = aMoment();
  return {
    id: uuid(),
    name: aText('name'),
    scopes: ['world:write', 'campaigns:read'],
    prefix: `lfv_${uuid().slice(-8)}`,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 90 * 24 * 60 * 60 * 1000),
    ...values,
  };
}

export function aCampaign(values: Partial<Campaign> & { readonly ownerId: string }): Campaign {
  return {
    id: uuid(),
    name: aText('name'),
    description: `${aText('description')}\nsecond line\n\n* and *Markdown*`,
    setting: aText('setting'),
    theme: aText('theme'),
    tone: aText('tone'),
    system: aText('system'),
    playerCount: 5,
    partyLevel: 7,
    timeZone: 'America/Sao_Paulo',
    status: 'paused',
    createdAt: aMoment(),
    updatedAt: aMoment(),
    deletedAt: null,
    version: 1,
    ...values,
  };
}

export function aMember(values: Partial<Member> & { readonly campaignId: string; readonly userId: string }): Member {
  return { role: 'player', joinedAt: aMoment(), ...values };
}

export function anInvite(
  values: Partial<Invite> & { readonly campaignId: string; readonly createdBy: string },
): Invite {
  const createdAt = aMoment();
  const expiresAt = new Date(createdAt.getTime() + 24 * 60 * 60 * 1000);
  return { id: uuid(), role: 'player', createdAt, expiresAt, maxUses: 7, uses: 3, ...values };
}

/** A planned session. */
export function aSession(values: Partial<Session> = {}): Session {
  return {
    id: uuid(),
    campaignId: uuid(),
    sessionNumber: 1,
    title: aText('title'),
    description: `${aText('description')}\nsecond line`,
    gmNotes: `${aText('gmNotes')}\nsecond line`,
    scheduledDate: aMoment(),
    timeZone: 'Europe/Berlin',
    durationMinutes: 210,
    status: 'planned',
    startedAt: null,
    completedDate: null,
    cancelledReason: null,
    createdAt: aMoment(),
    updatedAt: aMoment(),
    deletedAt: null,
    version: 1,
    ...values,
  };
}

export function someResults(values: Partial<Results> = {}): Results {
  return {
    summary: aText('summary'),
    events: [aText('event'), aText('event')],
    playerDecisions: [aText('decision')],
    npcInteractions: [
      { npcId: uuid(), name: aText('npc'), note: aText('note') },
      { npcId: null, name: aText('npc'), note: null },
    ],
    worldChanges: [aText('change'), aText('change'), aText('change')],
    unfinishedThreads: [aText('thread')],
    xpAwarded: 450,
    lootAwarded: [aText('loot'), ''],
    deathCount: 2,
    durationMinutes: 245,
    mood: 'dramatic',
    gmSummary: aText('gmSummary'),
    capturedAt: aMoment(),
    ...values,
  };
}

/** With the noun's own fields as they are given, shown to the party. */
export function anEntry<Own extends object>(own: Own, values: Partial<Entry> = {}): Entry & Own {
  return {
    ...own,
    id: uuid(),
    campaignId: uuid(),
    name: aText('name'),
    tags: [aText('tag'), aText('tag')],
    visibility: 'party',
    visibleTo: [],
    gmNotes: `${aText('gmNotes')}\nsecond line`,
    createdAt: aMoment(),
    updatedAt: aMoment(),
    deletedAt: null,
    version: 1,
    ...values,
  };
}

/** Somebody whose sign-in needs no proof, as on the command line of this machine. */
export function actorOf(userId: string): Actor {
  return { userId, signInId: null, scopes: null };
}
