import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, restored } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

/**
 * Takes it out of the trash; one that is not there stays as it is.
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`, `limit_reached`
 */
export type RestoreSession = (
  actor: Actor,
  input: Expecting & { readonly sessionId: string },
) => Promise<Seen<Session>>;

interface Deps {
  readonly changeSession: ChangeSession;
  readonly sessions: SessionRepository;
}

export function makeRestoreSession({ changeSession, sessions }: Deps): RestoreSession {
  return (actor, { sessionId, expectedVersions }) =>
    changeSession(actor, sessionId, 'sessions:restore', async (session, now) => {
      const value = restored(session, now);
      expectVersion(session, expectedVersions);
      if (value !== session) await sessions.expectRoom(session.campaignId);
      return value;
    });
}
