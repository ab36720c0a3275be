import { AsyncLocalStorage } from 'node:async_hooks';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { AuditEvent } from '../../core/audit/audit-event.ts';
import type { LoginKeys } from '../../core/auth/login-failures.ts';
import type { SignIn } from '../../core/auth/sign-in.ts';
import type { Campaign } from '../../core/campaigns/campaign.ts';
import type { Invite } from '../../core/members/invite.ts';
import type { Member } from '../../core/members/member.ts';
import type { Results } from '../../core/sessions/results.ts';
import type { Session } from '../../core/sessions/session.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { Transaction } from '../../core/shared/transaction.ts';
import type { Versioned } from '../../core/shared/version.ts';
import type { User } from '../../core/users/user.ts';
import type { Entry } from '../../core/world/entry.ts';

interface MemoryToken {
  readonly signInId: string;
  readonly rotatedAt: Date | null;
  readonly successorHash: string | null;
}

interface MemoryApiToken {
  readonly token: ApiToken;
  readonly hash: string;
}

interface MemoryInvite {
  readonly invite: Invite;
  readonly hash: string;
  readonly usedBy: readonly string[];
}

interface MemoryLoginFailure extends LoginKeys {
  readonly failures: number;
  readonly lastAt: Date;
}

export interface MemoryEntry {
  /** The noun's. */
  readonly plural: string;
  readonly entry: Entry;
}

/** Everything that is stored, by id (tokens by hash, results by session, members by campaign and user). */
export interface MemoryState {
  readonly auditEvents: Map<string, AuditEvent>;
  readonly users: Map<string, User>;
  readonly signIns: Map<string, SignIn>;
  readonly tokens: Map<string, MemoryToken>;
  readonly loginFailures: Map<string, MemoryLoginFailure>;
  readonly apiTokens: Map<string, MemoryApiToken>;
  readonly campaigns: Map<string, Campaign>;
  /** The highest session number that was taken, by campaign. */
  readonly sessionNumbers: Map<string, number>;
  readonly members: Map<string, Member>;
  readonly invites: Map<string, MemoryInvite>;
  readonly sessions: Map<string, Session>;
  readonly results: Map<string, Results>;
  readonly entries: Map<string, MemoryEntry>;
}

/** What is written is seen by the transaction that writes it, and by the others once it is done. */
export interface MemoryStore {
  read<T>(look: (state: MemoryState) => T): Promise<T>;
  /** In the running transaction, or else in one of its own. */
  write<T>(change: (state: MemoryState) => T): Promise<T>;
  transact<T>(work: () => Promise<T>): Promise<T>;
}

/** What a transaction has written so far, and the fault that has ended it. */
interface Draft {
  readonly state: MemoryState;
  failure: { readonly error: unknown } | null;
}

export function makeMemoryStore(): MemoryStore {
  const drafts = new AsyncLocalStorage<Draft>();
  let kept = copyOf(null);
  let last: Promise<unknown> = Promise.resolve();

  const transact = <T>(work: () => Promise<T>): Promise<T> => {
    if (drafts.getStore() !== undefined) return work();
    // One after the other: the simplest isolation there is.
    const turn = last.then(async () => {
      const draft: Draft = { state: copyOf(kept), failure: null };
      const result = await drafts.run(draft, work);
      expectSound(draft);
      kept = draft.state;
      return result;
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  const read = async <T>(look: (state: MemoryState) => T): Promise<T> => {
    await Promise.resolve();
    const draft = drafts.getStore();
    if (draft !== undefined) expectSound(draft);
    return look(draft?.state ?? kept);
  };
  const write = <T>(change: (state: MemoryState) => T): Promise<T> =>
    transact(async () => {
      try {
        return await read(change);
      } catch (error) {
        const draft = drafts.getStore();
        if (draft !== undefined) draft.failure ??= { error };
        throw error;
      }
    });
  return { read, write, transact };
}

function expectSound({ failure }: Draft): void {
  if (failure !== null) throw failure.error;
}

export function makeMemoryTransaction(store: MemoryStore): Transaction {
  return { run: (work) => store.transact(work) };
}

/** @throws DomainError `version_conflict` unless `value` is the stored one's next version */
export function expectNextVersion(stored: Versioned | undefined, value: Versioned): void {
  if (stored?.version !== value.version - 1) {
    throw new DomainError('version_conflict', 'Somebody changed this since you read it.');
  }
}

/** Values are never changed in place, so that a copy of the maps is a copy of all. */
export function copyOf(state: MemoryState | null): MemoryState {
  return {
    auditEvents: new Map(state?.auditEvents),
    users: new Map(state?.users),
    signIns: new Map(state?.signIns),
    tokens: new Map(state?.tokens),
    loginFailures: new Map(state?.loginFailures),
    apiTokens: new Map(state?.apiTokens),
    campaigns: new Map(state?.campaigns),
    sessionNumbers: new Map(state?.sessionNumbers),
    members: new Map(state?.members),
    invites: new Map(state?.invites),
    sessions: new Map(state?.sessions),
    results: new Map(state?.results),
    entries: new Map(state?.entries),
  };
}
