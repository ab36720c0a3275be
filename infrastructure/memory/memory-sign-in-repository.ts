import { type SignIn, expiryOf, isLive } from '../../core/auth/sign-in.ts';
import type { SignInRepository } from '../../core/auth/sign-in-repository.ts';
import type { MemoryState, MemoryStore } from './memory-store.ts';

export function makeMemorySignInRepository(store: MemoryStore): SignInRepository {
  return {
    add: (signIn, firstTokenHash) =>
      store.write(({ signIns, tokens }) => {
        signIns.set(signIn.id, signIn);
        tokens.set(firstTokenHash, { signInId: signIn.id, rotatedAt: null, successorHash: null });
      }),
    find: (id) => store.read(({ signIns }) => signIns.get(id) ?? null),
    rotate: (tokenHash, successorHash, now, lifetimeMs) =>
      store.write(({ signIns, tokens }) => {
        const token = tokens.get(tokenHash);
        const signIn = token === undefined ? undefined : signIns.get(token.signInId);
        if (token === undefined || signIn === undefined) return null;
        if (token.rotatedAt !== null || !isLive(signIn, now)) return null;
        const expiresAt = expiryOf(signIn.createdAt, now, lifetimeMs);
        const used = { ...signIn, lastUsedAt: now, expiresAt };
        tokens.set(tokenHash, { ...token, rotatedAt: now, successorHash });
        tokens.set(successorHash, { signInId: signIn.id, rotatedAt: null, successorHash: null });
        signIns.set(signIn.id, used);
        return used;
      }),
    findToken: (tokenHash) =>
      store.read(({ signIns, tokens }) => {
        const token = tokens.get(tokenHash);
        const signIn = token === undefined ? undefined : signIns.get(token.signInId);
        if (token === undefined || signIn === undefined) return null;
        const { rotatedAt, successorHash } = token;
        const successor = successorHash === null ? undefined : tokens.get(successorHash);
        const successorUsed = successor !== undefined && successor.rotatedAt !== null;
        return { signIn, rotatedAt, successorHash, successorUsed };
      }),
    end: (id, now) =>
      store.write((state) => {
        endWhere(state, now, (signIn) => signIn.id === id);
      }),
    endAll: (userId, now, except) =>
      store.write((state) => {
        endWhere(state, now, (signIn) => signIn.userId === userId && signIn.id !== except);
      }),
    prune: (now) =>
      store.write(({ signIns, tokens }) => {
        for (const { id } of [...signIns.values()].filter((each) => !isLive(each, now))) {
          signIns.delete(id);
          for (const [hash, token] of tokens) if (token.signInId === id) tokens.delete(hash);
        }
      }),
  };
}

function endWhere({ signIns }: MemoryState, now: Date, meant: (signIn: SignIn) => boolean): void {
  for (const signIn of signIns.values()) {
    if (signIn.endedAt === null && meant(signIn)) signIns.set(signIn.id, { ...signIn, endedAt: now });
  }
}
