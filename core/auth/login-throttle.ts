import { CLOCK_SKEW_MS, type Clock } from '../shared/clock.ts';
import { rateLimited } from '../shared/errors.ts';
import type { FailureCount, FailureCounts, LoginFailures } from './login-failures.ts';

interface LoginAttempt {
  /** An e-mail address in its normal form; whether it has an account makes no difference. */
  readonly account: string;
  /** Null on this machine, where nobody needs to guess. */
  readonly address: string | null;
}

/** Slows down whoever guesses passwords: after some failures each next attempt has to wait, and longer each time. */
export interface LoginThrottle {
  /**
   * Before the password is looked at. The attempt counts as failed until `succeed` says otherwise, so that of many at
   * once no more get through than of as many in a row.
   * @throws DomainError `rate_limited`
   */
  begin(attempt: LoginAttempt): Promise<void>;
  succeed(attempt: LoginAttempt): Promise<void>;
}

interface Deps {
  readonly failures: LoginFailures;
  readonly clock: Clock;
}

/** After the failure number `from` one second, after each further one twice as long, up to `longest` seconds. */
interface Slowdown {
  readonly from: number;
  readonly longest: number;
}

const MEMORY_MS = 24 * 60 * 60 * 1000;
const QUARTER_HOUR = 15 * 60;

const slowdowns: Readonly<Record<keyof FailureCounts, Slowdown>> = {
  pair: { from: 5, longest: QUARTER_HOUR },
  address: { from: 20, longest: QUARTER_HOUR },
  // Strangers elsewhere can make an account wait, so it does not wait long.
  account: { from: 100, longest: 60 },
};

export function makeLoginThrottle({ failures, clock }: Deps): LoginThrottle {
  const begin: LoginThrottle['begin'] = async ({ account, address }) => {
    if (address === null) return;
    const keys = { account, address };
    const now = clock.now();
    const span = { since: new Date(now.getTime() - MEMORY_MS), until: new Date(now.getTime() + CLOCK_SKEW_MS) };
    const counts = await failures.count(keys, span);
    const wait = waitOf(counts, now);
    if (wait > 0) throw rateLimited(wait);
    // Another attempt came in between: what it left for this one is to be seen.
    if (!(await failures.add(keys, counts.pair.failures, span, now))) await begin({ account, address });
  };
  return {
    begin,
    succeed: async ({ account, address }) => {
      if (address !== null) await failures.forget({ account, address });
    },
  };
}

/** Milliseconds from `now` until the next attempt is due. */
function waitOf({ pair, address, account }: FailureCounts, now: Date): number {
  return Math.max(
    waitAfter(pair, slowdowns.pair, now),
    waitAfter(address, slowdowns.address, now),
    waitAfter(account, slowdowns.account, now),
  );
}

function waitAfter({ failures, lastAt }: FailureCount, { from, longest }: Slowdown, now: Date): number {
  if (lastAt === null || failures < from) return 0;
  // Another server's clock may be a little ahead.
  const elapsed = Math.max(0, now.getTime() - lastAt.getTime());
  return Math.min(2 ** (failures - from), longest) * 1000 - elapsed;
}
