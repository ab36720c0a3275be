import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import type { MemoryStore } from './memory-store.ts';

export function makeMemoryApiTokenRepository(store: MemoryStore): ApiTokenRepository {
  return {
    add: (token, hash) =>
      store.write(({ apiTokens }) => {
        apiTokens.set(token.id, { token, hash });
      }),
    countForUpdate: (userId) =>
      store.read(({ apiTokens }) => [...apiTokens.values()].filter(({ token }) => token.userId === userId).length),
    remove: (userId, id) =>
      store.write(({ apiTokens }) => apiTokens.get(id)?.token.userId === userId && apiTokens.delete(id)),
  };
}
