import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Authorize } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Action } from '../members/role.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import { expectPresent } from '../shared/trash.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

/**
 * What all changes of a stored session share: lock it, authorize behind the lock, change it by the entity's own function,
 * save it; and tell the audit trail when that moved it to the trash or back.
 * @throws DomainError `not_found`, `forbidden`, `invalid_token`, and what `change` throws
 */
export type ChangeSession = (
  actor: Actor,
  sessionId: string,
  action: Action,
  change: (session: Session, now: Date) => Session | Promise<Session>,
) => Promise<Seen<Session>>;

interface Deps {
  readonly audit: AuditTrail;
  readonly authorize: Authorize;
  readonly sessions: SessionRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeChangeSession({ audit, authorize, sessions, clock, transaction }: Deps): ChangeSession {
  return (actor, sessionId, action, change) =>
    transaction.run(async () => {
      const session = await sessions.getForUpdate(actor.userId, sessionId);
      // Before the role: who may not see the trash must not learn from `forbidden` that something lies in it.
      if (action !== 'sessions:restore') expectPresent(session);
      const role = await authorize(actor, session.campaignId, action);
      const value = await change(session, clock.now());
      // Behind the counts of the campaign and of its owner, which saving waits for, the sender may be shut out as well.
      if (value !== session) await Promise.all([sessions.save(value), authorize(actor, session.campaignId, action)]);
      if ((value.deletedAt === null) !== (session.deletedAt === null)) {
        await audit.record({
          actorId: actor.userId,
          action: value.deletedAt === null ? 'restored' : 'deleted',
          subjectKind: 'session',
          subjectId: sessionId,
          campaignId: value.campaignId,
        });
      }
      return { value, role };
    });
}
