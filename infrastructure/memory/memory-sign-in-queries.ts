import { isLive } from '../../core/auth/sign-in.ts';
import type { SignInQueries } from '../../core/auth/sign-in-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { MemoryStore } from './memory-store.ts';

/** Its positions are offsets, which will do where nothing is added between two pages. */
export function makeMemorySignInQueries(store: MemoryStore): SignInQueries {
  return {
    isLive: (userId, signInId, now) =>
      store.read(({ signIns }) => {
        const signIn = signIns.get(signInId);
        return signIn?.userId === userId && isLive(signIn, now);
      }),
    list: (viewer, now, { limit, after }) =>
      store.read(({ signIns }) => {
        const all = [...signIns.values()]
          .filter((signIn) => signIn.userId === claimedBy(viewer).userId && isLive(signIn, now))
          .sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
        const start = Number(after?.[0] ?? 0);
        const end = start + limit;
        return { items: all.slice(start, end), next: end < all.length ? [end] : null };
      }),
  };
}
