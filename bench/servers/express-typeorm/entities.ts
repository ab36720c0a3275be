/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM types an entity's options as a class */
import { EntitySchema } from 'typeorm';
import type { Role, Status } from '../peer.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly status: string;
  readonly createdAt: Date;
}

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly setting: string | null;
  readonly theme: string | null;
  readonly tone: string | null;
  readonly system: string | null;
  readonly playerCount: number;
  readonly partyLevel: number;
  readonly timeZone: string;
  readonly status: string;
  readonly ownerId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
  readonly version: number;
}

export interface Member {
  readonly campaignId: string;
  readonly userId: string;
  readonly role: Role;
  readonly joinedAt: Date;
  readonly campaign: Campaign;
}

export interface Session {
  readonly id: string;
  readonly campaignId: string;
  readonly sessionNumber: number;
  readonly title: string;
  readonly description: string | null;
  readonly gmNotes: string | null;
  readonly scheduledDate: Date | null;
  readonly timeZone: string;
  readonly durationMinutes: number | null;
  readonly status: Status;
  readonly startedAt: Date | null;
  readonly completedDate: Date | null;
  readonly cancelledReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
  readonly version: number;
  readonly campaign: Campaign;
}

export interface SessionResults {
  readonly sessionId: string;
  readonly campaignId: string;
  readonly summary: string | null;
  readonly events: string[];
  readonly playerDecisions: string[];
  readonly npcInteractions: { npcId: string | null; name: string; note: string | null }[];
  readonly worldChanges: string[];
  readonly unfinishedThreads: string[];
  readonly xpAwarded: number;
  readonly lootAwarded: string[];
  readonly deathCount: number;
  readonly durationMinutes: number | null;
  readonly mood: string | null;
  readonly gmSummary: string | null;
  readonly capturedAt: Date;
}

export interface SignIn {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly endedAt: Date | null;
}

export interface RefreshToken {
  readonly hash: string;
  readonly signInId: string;
  readonly rotatedAt: Date | null;
  readonly successorHash: string | null;
  readonly signIn: SignIn;
}

const text = (name: string) => ({ type: 'text', name }) as const;
const textOrNull = (name: string) => ({ type: 'text', name, nullable: true }) as const;
const texts = (name: string) => ({ type: 'text', name, array: true }) as const;
const integer = (name: string) => ({ type: 'int', name }) as const;
const integerOrNull = (name: string) => ({ type: 'int', name, nullable: true }) as const;
const id = (name: string) => ({ type: 'uuid', name }) as const;
const instant = (name: string) => ({ type: 'timestamptz', precision: 3, name }) as const;
const instantOrNull = (name: string) => ({ type: 'timestamptz', precision: 3, name, nullable: true }) as const;
const primary = (name: string) => ({ type: 'uuid', name, primary: true }) as const;

export const users = new EntitySchema<User>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: primary('id'),
    email: text('email'),
    username: text('username'),
    passwordHash: text('password_hash'),
    status: text('status'),
    createdAt: instant('created_at'),
  },
});

export const campaigns = new EntitySchema<Campaign>({
  name: 'Campaign',
  tableName: 'campaigns',
  columns: {
    id: primary('id'),
    name: text('name'),
    description: textOrNull('description'),
    setting: textOrNull('setting'),
    theme: textOrNull('theme'),
    tone: textOrNull('tone'),
    system: textOrNull('system'),
    playerCount: integer('player_count'),
    partyLevel: integer('party_level'),
    timeZone: text('time_zone'),
    status: text('status'),
    ownerId: id('owner_id'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    deletedAt: instantOrNull('deleted_at'),
    version: integer('version'),
  },
});

export const sessionCounters = new EntitySchema<{ readonly campaignId: string; readonly last: number }>({
  name: 'SessionCounter',
  tableName: 'session_counters',
  columns: { campaignId: primary('campaign_id'), last: integer('last') },
});

export const members = new EntitySchema<Member>({
  name: 'Member',
  tableName: 'members',
  columns: {
    campaignId: primary('campaign_id'),
    userId: primary('user_id'),
    role: text('role'),
    joinedAt: instant('joined_at'),
  },
  relations: { campaign: { type: 'many-to-one', target: 'Campaign', joinColumn: { name: 'campaign_id' } } },
});

export const sessions = new EntitySchema<Session>({
  name: 'Session',
  tableName: 'sessions',
  columns: {
    id: primary('id'),
    campaignId: id('campaign_id'),
    sessionNumber: integer('session_number'),
    title: text('title'),
    description: textOrNull('description'),
    gmNotes: textOrNull('gm_notes'),
    scheduledDate: instantOrNull('scheduled_date'),
    timeZone: text('time_zone'),
    durationMinutes: integerOrNull('duration_minutes'),
    status: text('status'),
    startedAt: instantOrNull('started_at'),
    completedDate: instantOrNull('completed_date'),
    cancelledReason: textOrNull('cancelled_reason'),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    deletedAt: instantOrNull('deleted_at'),
    version: integer('version'),
  },
  relations: { campaign: { type: 'many-to-one', target: 'Campaign', joinColumn: { name: 'campaign_id' } } },
});

export const sessionResults = new EntitySchema<SessionResults>({
  name: 'SessionResults',
  tableName: 'session_results',
  columns: {
    sessionId: primary('session_id'),
    campaignId: id('campaign_id'),
    summary: textOrNull('summary'),
    events: texts('events'),
    playerDecisions: texts('player_decisions'),
    npcInteractions: { type: 'jsonb', name: 'npc_interactions' },
    worldChanges: texts('world_changes'),
    unfinishedThreads: texts('unfinished_threads'),
    xpAwarded: integer('xp_awarded'),
    lootAwarded: texts('loot_awarded'),
    deathCount: integer('death_count'),
    durationMinutes: integerOrNull('duration_minutes'),
    mood: textOrNull('mood'),
    gmSummary: textOrNull('gm_summary'),
    capturedAt: instant('captured_at'),
  },
});

export const signIns = new EntitySchema<SignIn>({
  name: 'SignIn',
  tableName: 'sign_ins',
  columns: {
    id: primary('id'),
    userId: id('user_id'),
    createdAt: instant('created_at'),
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
    userAgent: textOrNull('user_agent'),
    endedAt: instantOrNull('ended_at'),
  },
});

export const refreshTokens = new EntitySchema<RefreshToken>({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  columns: {
    hash: { type: 'text', name: 'hash', primary: true },
    signInId: id('sign_in_id'),
    rotatedAt: instantOrNull('rotated_at'),
    successorHash: textOrNull('successor_hash'),
  },
  relations: { signIn: { type: 'many-to-one', target: 'SignIn', joinColumn: { name: 'sign_in_id' } } },
});
