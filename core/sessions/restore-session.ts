import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, restored } from './session.ts';

/** Takes it out of the trash; one that is not there stays as it is. @throws DomainError `not_found`, `forbidden` */
export type RestoreSession = (actor: Actor, input: { readonly sessionId: string }) => Promise<Seen<Session>>;

export function makeRestoreSession({ changeSession }: { readonly changeSession: ChangeSession }): RestoreSession {
  return (actor, { sessionId }) => changeSession(actor, sessionId, 'sessions:restore', restored);
}
