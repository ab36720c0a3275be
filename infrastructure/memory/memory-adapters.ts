import type { SignInQueries } from '../../core/auth/sign-in-queries.ts';
import { type Limits, UNLIMITED } from '../../core/shared/limits.ts';
import type { Noun } from '../../core/world/entry.ts';
import type { Adapters } from '../contracts/adapters.ts';
import { makeMemoryApiTokenQueries } from './memory-api-token-queries.ts';
import { makeMemoryApiTokenRepository } from './memory-api-token-repository.ts';
import { makeMemoryAuditEventRepository } from './memory-audit-event-repository.ts';
import { makeMemoryCampaignRepository } from './memory-campaign-repository.ts';
import { type MemoryWorld, makeMemoryWorld } from './memory-world.ts';
import { makeMemoryInviteRepository } from './memory-invite-repository.ts';
import { makeMemoryLoginFailures } from './memory-login-failures.ts';
import { makeMemoryMemberRepository } from './memory-member-repository.ts';
import { makeMemoryQuotas, memoryUsage } from './memory-quotas.ts';
import { makeMemorySessionRepository } from './memory-session-repository.ts';
import { makeMemorySignInQueries } from './memory-sign-in-queries.ts';
import { makeMemorySignInRepository } from './memory-sign-in-repository.ts';
import { makeMemoryStore, makeMemoryTransaction } from './memory-store.ts';
import { makeMemoryUserRepository } from './memory-user-repository.ts';

interface MemoryAdapters extends Adapters {
  readonly signInQueries: SignInQueries;
  /** Of one noun of the world. */
  entriesOf<Own extends object>(noun: Noun<Own>): MemoryWorld<Own>;
}

/** All on one store: a new and empty one, where none is given. */
export function makeMemoryAdapters(limits: Limits = UNLIMITED, store = makeMemoryStore()): MemoryAdapters {
  const quotas = makeMemoryQuotas(limits);
  return {
    auditEvents: makeMemoryAuditEventRepository(store),
    recorded: (subjectId) =>
      store.read(({ auditEvents }) => [...auditEvents.values()].filter((event) => event.subjectId === subjectId)),
    users: makeMemoryUserRepository(store),
    signIns: makeMemorySignInRepository(store),
    apiTokens: makeMemoryApiTokenRepository(store),
    loginFailures: makeMemoryLoginFailures(store),
    invites: makeMemoryInviteRepository(store),
    members: makeMemoryMemberRepository(store, quotas),
    campaigns: makeMemoryCampaignRepository(store, quotas),
    sessions: makeMemorySessionRepository(store, quotas),
    transaction: makeMemoryTransaction(store),
    usage: (userId) => store.read((state) => memoryUsage(state, userId)),
    signInQueries: makeMemorySignInQueries(store),
    apiTokenQueries: makeMemoryApiTokenQueries(store),
    entriesOf: (noun) => makeMemoryWorld(store, noun, quotas),
  };
}
