import { DomainError, notFound } from '../../core/shared/errors.ts';
import { type User, usernameKey } from '../../core/users/user.ts';
import type { UserRepository } from '../../core/users/user-repository.ts';
import { loadUsernameLook } from '../confusables/username-look.ts';
import { type MemoryState, type MemoryStore, expectNextVersion } from './memory-store.ts';

export function makeMemoryUserRepository(store: MemoryStore): UserRepository {
  const find: UserRepository['find'] = (id) => store.read(({ users }) => users.get(id) ?? null);
  return {
    find,
    findByEmail: (email) => store.read(({ users }) => [...users.values()].find((user) => user.email === email) ?? null),
    getForUpdate: async (id) => {
      const user = await find(id);
      if (user === null) throw notFound();
      return user;
    },
    add: async (user) => {
      const look = await loadUsernameLook();
      await store.write((state) => {
        expectUnique(state, user, look);
        state.users.set(user.id, user);
      });
    },
    save: async (user) => {
      const look = await loadUsernameLook();
      await store.write((state) => {
        expectNextVersion(state.users.get(user.id), user);
        expectUnique(state, user, look);
        state.users.set(user.id, user);
      });
    },
  };
}

function expectUnique({ users }: MemoryState, user: User, lookOf: (username: string) => string): void {
  const key = usernameKey(user.username);
  const look = lookOf(user.username);
  for (const other of users.values()) {
    if (other.id === user.id) continue;
    if (other.email === user.email) throw new DomainError('email_taken', 'This e-mail address has an account.');
    const isTaken = usernameKey(other.username) === key || lookOf(other.username) === look;
    if (isTaken) throw new DomainError('username_taken', 'This user name is taken.');
  }
}
