import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { MemoryState, MemoryStore } from './memory-store.ts';

/** Its positions are offsets, which will do where nothing is added between two pages. */
export function makeMemoryApiTokenQueries(store: MemoryStore): ApiTokenQueries {
  const isLive = (token: ApiToken, { users }: MemoryState, now: Date): boolean =>
    users.get(token.userId)?.status === 'active' && (token.expiresAt === null || token.expiresAt > now);
  return {
    findLive: (hash, now) =>
      store.read((state) => {
        const token = [...state.apiTokens.values()].find((each) => each.hash === hash)?.token;
        return token !== undefined && isLive(token, state, now) ? token : null;
      }),
    isLive: (userId, id, now) =>
      store.read((state) => {
        const token = state.apiTokens.get(id)?.token;
        return token?.userId === userId && isLive(token, state, now);
      }),
    list: (viewer, { limit, after }) =>
      store.read(({ apiTokens }) => {
        const { userId } = claimedBy(viewer);
        const all = [...apiTokens.values()].map(({ token }) => token).filter((token) => token.userId === userId);
        const start = Number(after?.[0] ?? 0);
        const end = start + limit;
        return { items: all.reverse().slice(start, end), next: end < all.length ? [end] : null };
      }),
  };
}
