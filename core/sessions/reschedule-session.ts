import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type NewDate, type Session, reschedule } from './session.ts';

/** @throws DomainError `not_found`, `forbidden`, `version_conflict`, `illegal_transition`, `validation_failed` */
export type RescheduleSession = (
  actor: Actor,
  input: Expecting & NewDate & { readonly sessionId: string },
) => Promise<Seen<Session>>;

export function makeRescheduleSession({ changeSession }: { readonly changeSession: ChangeSession }): RescheduleSession {
  return (actor, { sessionId, expectedVersions, ...date }) =>
    changeSession(actor, sessionId, 'sessions:reschedule', (session, now) =>
      reschedule(expectVersion(expectPresent(session), expectedVersions), date, now),
    );
}
