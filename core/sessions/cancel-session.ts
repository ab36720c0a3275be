import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, cancel } from './session.ts';

/** @throws DomainError `not_found`, `forbidden`, `version_conflict`, `illegal_transition` */
export type CancelSession = (
  actor: Actor,
  input: Expecting & { readonly sessionId: string; readonly reason: string | null },
) => Promise<Seen<Session>>;

export function makeCancelSession({ changeSession }: { readonly changeSession: ChangeSession }): CancelSession {
  return (actor, { sessionId, reason, expectedVersions }) =>
    changeSession(actor, sessionId, 'sessions:cancel', (session, now) =>
      cancel(expectVersion(expectPresent(session), expectedVersions), reason, now),
    );
}
