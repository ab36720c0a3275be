import type { Authorize } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import { expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type ResultsInput, amended } from './results.ts';
import { touched } from './session.ts';
import type { SessionWithResults } from './session-queries.ts';
import type { SessionRepository } from './session-repository.ts';

/**
 * Corrects the results of a completed session; only what is given changes.
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`; `illegal_transition` before it is finalized
 */
export type AmendResults = (
  actor: Actor,
  input: {
    readonly sessionId: string;
    readonly results: ResultsInput;
    readonly expectedVersions: readonly number[] | null;
  },
) => Promise<Seen<SessionWithResults>>;

interface Deps {
  readonly authorize: Authorize;
  readonly changeSession: ChangeSession;
  readonly sessions: SessionRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeAmendResults({ authorize, changeSession, sessions, clock, transaction }: Deps): AmendResults {
  return (actor, { sessionId, results: input, expectedVersions }) =>
    transaction.run(async () => {
      const { value: found, role } = await changeSession(actor, sessionId, 'sessions:update', (each) => {
        expectVersion(expectPresent(each), expectedVersions);
        return each;
      });
      const before = await sessions.findResults(sessionId);
      if (before === null) {
        throw new DomainError('illegal_transition', 'This session has no results yet. Finalize it first.');
      }
      const results = amended(before, input);
      if (results === before) return { value: { session: found, results }, role };
      const session = touched(found, clock.now());
      await sessions.save(session);
      // Behind the count of its owner's bytes the sender may be shut out as well.
      await Promise.all([
        sessions.saveResults(session, results),
        authorize(actor, session.campaignId, 'sessions:update'),
      ]);
      return { value: { session, results }, role };
    });
}
