import { npcs } from '../../adapters/operations/npcs.ts';
import { npc } from '../../core/npcs/npc.ts';
import { NpcRow } from '../database/npc-row.ts';
import { apiTokens } from './api-tokens.ts';
import { audit } from './audit.ts';
import { auth } from './auth.ts';
import type { Feature } from './binder.ts';
import { campaigns } from './campaigns.ts';
import { health } from './health.ts';
import { idempotency } from './idempotency.ts';
import { invites } from './invites.ts';
import { members } from './members.ts';
import { passwords } from './passwords.ts';
import { redis } from './redis.ts';
import { sessions } from './sessions.ts';
import { shared } from './shared.ts';
import { users } from './users.ts';
import { worldNoun } from './world-noun.ts';

/** The index of the house: a new feature is one line here. */
export const features: readonly Feature[] = [
  shared,
  redis,
  audit,
  health,
  users,
  passwords,
  auth,
  apiTokens,
  campaigns,
  members,
  invites,
  sessions,
  worldNoun(npc, npcs, NpcRow),
  idempotency,
];
