import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import { expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { trashed } from './session.ts';

/** Moves it to the trash; its number stays taken. @throws DomainError `not_found`, `forbidden`, `version_conflict` */
export type DeleteSession = (
  actor: Actor,
  input: { readonly sessionId: string; readonly expectedVersions: readonly number[] | null },
) => Promise<void>;

export function makeDeleteSession({ changeSession }: { readonly changeSession: ChangeSession }): DeleteSession {
  return async (actor, { sessionId, expectedVersions }) => {
    await changeSession(actor, sessionId, 'sessions:delete', (session, now) => {
      expectVersion(expectPresent(session), expectedVersions);
      return trashed(session, now);
    });
  };
}
