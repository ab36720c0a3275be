import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, reopen } from './session.ts';

/**
 * Takes the last step of its course back.
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`, `illegal_transition`
 */
export type ReopenSession = (actor: Actor, input: Expecting & { readonly sessionId: string }) => Promise<Seen<Session>>;

interface Deps {
  readonly audit: AuditTrail;
  readonly changeSession: ChangeSession;
  readonly transaction: Transaction;
}

export function makeReopenSession({ audit, changeSession, transaction }: Deps): ReopenSession {
  return (actor, { sessionId, expectedVersions }) =>
    transaction.run(async () => {
      const { value, role } = await changeSession(actor, sessionId, 'sessions:reopen', (session, now) =>
        reopen(expectVersion(expectPresent(session), expectedVersions), now),
      );
      await audit.record({
        actorId: actor.userId,
        action: 'changed',
        subjectKind: 'session',
        subjectId: sessionId,
        campaignId: value.campaignId,
        details: { reopened: value.status },
      });
      return { value, role };
    });
}
