import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { MemoryStore } from './memory-store.ts';

/** Its positions are offsets, which will do where nothing is added between two pages. */
export function makeMemoryApiTokenQueries(store: MemoryStore): ApiTokenQueries {
  return {
    findLive: (hash, now) =>
      store.read(({ apiTokens, users }) => {
        const token = [...apiTokens.values()].find((each) => each.hash === hash)?.token;
        if (token === undefined || users.get(token.userId)?.status !== 'active') return null;
        return token.expiresAt === null || token.expiresAt > now ? token : null;
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
