import type { FailureCount, LoginFailures, LoginKeys } from '../../core/auth/login-failures.ts';
import type { Span } from '../../core/shared/clock.ts';
import type { MemoryStore } from './memory-store.ts';

export function makeMemoryLoginFailures(store: MemoryStore): LoginFailures {
  return {
    count: ({ account, address }, span) =>
      store.read(({ loginFailures }) => {
        const recent = [...loginFailures.values()].filter(({ lastAt }) => isWithin(lastAt, span));
        const ofAccount = recent.filter((each) => each.account === account);
        return {
          pair: total(ofAccount.filter((each) => each.address === address)),
          account: total(ofAccount),
          address: total(recent.filter((each) => each.address === address)),
        };
      }),
    add: (keys, seen, span, now) =>
      store.write(({ loginFailures }) => {
        const stored = loginFailures.get(keyOf(keys));
        if (stored !== undefined && (isWithin(stored.lastAt, span) ? stored.failures : 0) !== seen) return false;
        loginFailures.set(keyOf(keys), { ...keys, failures: seen + 1, lastAt: now });
        return true;
      }),
    forget: (keys) =>
      store.write(({ loginFailures }) => {
        loginFailures.delete(keyOf(keys));
      }),
  };
}

function isWithin(moment: Date, { since, until }: Span): boolean {
  return moment > since && moment <= until;
}

function keyOf({ account, address }: LoginKeys): string {
  return JSON.stringify([account, address]);
}

function total(rows: readonly { readonly failures: number; readonly lastAt: Date }[]): FailureCount {
  const last = Math.max(...rows.map(({ lastAt }) => lastAt.getTime()));
  return {
    failures: rows.reduce((sum, { failures }) => sum + failures, 0),
    lastAt: rows.length === 0 ? null : new Date(last),
  };
}
