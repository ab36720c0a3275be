import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, start } from './session.ts';

/** @throws DomainError `not_found`, `forbidden`, `version_conflict`, `illegal_transition` */
export type StartSession = (actor: Actor, input: Expecting & { readonly sessionId: string }) => Promise<Seen<Session>>;

export function makeStartSession({ changeSession }: { readonly changeSession: ChangeSession }): StartSession {
  return (actor, { sessionId, expectedVersions }) =>
    changeSession(actor, sessionId, 'sessions:start', (session, now) =>
      start(expectVersion(expectPresent(session), expectedVersions), now),
    );
}
