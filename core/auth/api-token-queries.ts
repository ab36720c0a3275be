import type { Viewer } from '../shared/actor.ts';
import type { Page, PageRequest } from '../shared/page.ts';
import type { ApiToken } from './api-token.ts';

export interface ApiTokenQueries {
  /** The token of that hash, when it has not expired at `now` and its user is active: asked by every request with one. */
  findLive(hash: string, now: Date): Promise<ApiToken | null>;
  /** As findLive, of a token that was found before. */
  isLive(userId: string, id: string, now: Date): Promise<boolean>;
  /** The viewer's own tokens, newest first. */
  list(viewer: Viewer, page: PageRequest): Promise<Page<ApiToken>>;
}
