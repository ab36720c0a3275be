import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import type { MemoryStore } from './memory-store.ts';

export function makeMemoryApiTokenRepository(store: MemoryStore): ApiTokenRepository {
  return {
    add: (token, hash) =>
      store.write(({ apiTokens }) => {
        apiTokens.set(token.id, { token, hash });
      }),
    countForUpdate: (userId, now) =>
      store.read(
        ({ apiTokens }) =>
          [...apiTokens.values()].filter(({ token }) => token.userId === userId && !isOver(token, now)).length,
      ),
    remove: (userId, id) =>
      store.write(({ apiTokens }) => apiTokens.get(id)?.token.userId === userId && apiTokens.delete(id)),
    removeAll: (userId) =>
      store.write(({ apiTokens }) => {
        for (const { token } of apiTokens.values()) if (token.userId === userId) apiTokens.delete(token.id);
      }),
    prune: (now) =>
      store.write(({ apiTokens }) => {
        for (const { token } of apiTokens.values()) if (isOver(token, now)) apiTokens.delete(token.id);
      }),
  };
}

function isOver({ expiresAt }: ApiToken, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}
