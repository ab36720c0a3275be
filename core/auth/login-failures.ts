import type { Span } from '../shared/clock.ts';

/** Whose log-in is tried, and from where. */
export interface LoginKeys {
  /** An e-mail address in its normal form; whether it has an account makes no difference. */
  readonly account: string;
  readonly address: string;
}

/** How many log-ins failed, and when the last one did; null for none. */
export interface FailureCount {
  readonly failures: number;
  readonly lastAt: Date | null;
}

/** Failures of the account from the address, of the account from anywhere, and of the address with any account. */
export interface FailureCounts {
  readonly pair: FailureCount;
  readonly account: FailureCount;
  readonly address: FailureCount;
}

/** Remembers failed log-ins by account and address, without knowing either in clear. */
export interface LoginFailures {
  /** Those of the span. */
  count(keys: LoginKeys, span: Span): Promise<FailureCounts>;
  /**
   * Counts one more of the pair, unless it no longer has the `seen` ones of the span: then it answers false. Of any
   * number of callers that saw the same, one is answered true.
   */
  add(keys: LoginKeys, seen: number, span: Span, now: Date): Promise<boolean>;
  /** Of the pair. */
  forget(keys: LoginKeys): Promise<void>;
}
