import { type Page, type PageRequest } from '../shared/page.ts';
import { type ApiToken } from './api-token.ts';

export interface ApiTokenQueries {
  /** The token of that hash, when it has not expired at `now` and its user is active: asked by every request. */
  findLive(hash: string, now: Date): Promise<ApiToken | null>;
  /** The user's tokens, newest first. */
  list(userId: string, page: PageRequest): Promise<Page<ApiToken>>;
}
