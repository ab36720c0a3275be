import type { ApiToken } from './api-token.ts';

export interface ApiTokenRepository {
  add(token: ApiToken, hash: string): Promise<void>;
  /** How many the user has, expired ones too; and nobody adds one for the user until the transaction ends. */
  countForUpdate(userId: string): Promise<number>;
  /** Answers whether the user had it. */
  remove(userId: string, id: string): Promise<boolean>;
}
