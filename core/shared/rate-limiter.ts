/** How many requests, or KiB, a key may send in each window of so many seconds. */
export const RATE_POLICIES = {
  /** Everything under /api, by user, or by address for whoever is not signed in. */
  default: { quota: 300, seconds: 60 },
  /** Everything else, by address: health, the page of the API, and paths that are not there. */
  open: { quota: 600, seconds: 60 },
  /** KiB of bodies, by address: what is written takes room on the disk, twice for a while. */
  body: { quota: 16 * 1024, seconds: 60 },
  /** What takes a password or a token that can be guessed, and costs a hash: by address. */
  auth: { quota: 20, seconds: 60 },
  /** New accounts: by address, besides `auth`. As many as sit at a table or two. */
  register: { quota: 10, seconds: 3600 },
  /** What a refresh token is sent to, which nobody guesses: by address, and apart from those who fail to log in there. */
  refresh: { quota: 60, seconds: 60 },
} as const;

export type RatePolicy = keyof typeof RATE_POLICIES;

/** What a key has left of a policy's quota. */
export interface Allowance {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends, and the whole quota is there again. */
  readonly resetMs: number;
}

/** Counts requests. It neither fails nor keeps a request waiting: where its store is away, it counts less exactly. */
export interface RateLimiter {
  /** Takes `amount`, 1 by default, from what the key has left. */
  take(policy: RatePolicy, key: string, amount?: number): Promise<Allowance>;
  /** Undoes one `take`. */
  giveBack(policy: RatePolicy, key: string): Promise<void>;
}
