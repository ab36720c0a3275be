import type { ApiToken } from './api-token.ts';

export interface ApiTokenRepository {
  add(token: ApiToken, hash: string): Promise<void>;
  /** How many the user has that are good at `now`; and nobody adds one for the user until the transaction ends. */
  countForUpdate(userId: string, now: Date): Promise<number>;
  /** Answers whether the user had it. */
  remove(userId: string, id: string): Promise<boolean>;
  /** Every one of the user's. */
  removeAll(userId: string): Promise<void>;
  /** Forgets some whose time is over at `now`, whosever they are: few enough not to be felt. */
  prune(now: Date): Promise<void>;
}
