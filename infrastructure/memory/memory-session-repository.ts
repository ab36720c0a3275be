import type { Session } from '../../core/sessions/session.ts';
import type { SessionRepository } from '../../core/sessions/session-repository.ts';
import { DomainError, notFound } from '../../core/shared/errors.ts';
import type { MemoryQuotas } from './memory-quotas.ts';
import { type MemoryState, type MemoryStore, expectNextVersion } from './memory-store.ts';

export function makeMemorySessionRepository(store: MemoryStore, quotas: MemoryQuotas): SessionRepository {
  const find: SessionRepository['find'] = (id) =>
    store.read(({ campaigns, sessions }) => {
      const session = sessions.get(id);
      if (session === undefined) return null;
      return campaigns.get(session.campaignId)?.deletedAt === null ? session : null;
    });
  return {
    find,
    getForUpdate: async (userId, id) => {
      const session = await find(id);
      const isMember = ({ members }: MemoryState): boolean =>
        [...members.values()].some((each) => each.campaignId === session?.campaignId && each.userId === userId);
      if (session === null || !(await store.read(isMember))) throw notFound();
      return session;
    },
    expectRoom: (campaignId) =>
      store.write((state) => {
        quotas.expectSession(state, campaignId);
      }),
    add: (session) =>
      store.write((state) => {
        expectFreeNumber(state, session);
        quotas.within(state, session.campaignId, () => state.sessions.set(session.id, session));
      }),
    save: (session) =>
      store.write((state) => {
        expectNextVersion(state.sessions.get(session.id), session);
        expectFreeNumber(state, session);
        quotas.within(state, session.campaignId, () => state.sessions.set(session.id, session));
      }),
    findResults: (sessionId) => store.read(({ results }) => results.get(sessionId) ?? null),
    saveResults: (session, value) =>
      store.write((state) => {
        quotas.within(state, session.campaignId, () => state.results.set(session.id, value));
      }),
  };
}

/** Sessions in the trash keep their number. */
function expectFreeNumber({ sessions }: MemoryState, session: Session): void {
  for (const other of sessions.values()) {
    if (other.id === session.id || other.campaignId !== session.campaignId) continue;
    if (other.sessionNumber === session.sessionNumber) {
      throw new DomainError('session_number_taken', `Session number ${session.sessionNumber} is taken.`);
    }
  }
}
