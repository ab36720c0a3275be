import type { Authorize } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { type Expecting, expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type ResultsInput, capture } from './results.ts';
import { finalize } from './session.ts';
import type { SessionWithResults } from './session-queries.ts';
import type { SessionRepository } from './session-repository.ts';

/**
 * Completes the session and keeps its results.
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`, `illegal_transition`
 */
export type FinalizeSession = (
  actor: Actor,
  input: Expecting & { readonly sessionId: string; readonly results: ResultsInput },
) => Promise<Seen<SessionWithResults>>;

interface Deps {
  readonly authorize: Authorize;
  readonly changeSession: ChangeSession;
  readonly sessions: SessionRepository;
  readonly transaction: Transaction;
}

export function makeFinalizeSession({ authorize, changeSession, sessions, transaction }: Deps): FinalizeSession {
  return (actor, { sessionId, results: input, expectedVersions }) =>
    transaction.run(async () => {
      const { value: session, role } = await changeSession(actor, sessionId, 'sessions:finalize', (found, now) =>
        finalize(expectVersion(expectPresent(found), expectedVersions), now),
      );
      const results = capture(input, session.updatedAt, await sessions.findResults(sessionId));
      // Behind the count of its owner's bytes the sender may be shut out as well.
      await Promise.all([
        sessions.saveResults(session, results),
        authorize(actor, session.campaignId, 'sessions:finalize'),
      ]);
      return { value: { session, results }, role };
    });
}
