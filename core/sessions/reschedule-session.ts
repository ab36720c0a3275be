import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import type { ChangeSession } from './change-session.ts';
import { type NewDate, type Session, reschedule } from './session.ts';

/** @throws DomainError `not_found`, `forbidden`, `illegal_transition`, `validation_failed` */
export type RescheduleSession = (
  actor: Actor,
  input: NewDate & { readonly sessionId: string },
) => Promise<Seen<Session>>;

export function makeRescheduleSession({ changeSession }: { readonly changeSession: ChangeSession }): RescheduleSession {
  return (actor, { sessionId, ...date }) =>
    changeSession(actor, sessionId, 'sessions:reschedule', (session, now) =>
      reschedule(expectPresent(session), date, now),
    );
}
