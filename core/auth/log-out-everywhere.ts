import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** Ends every sign-in of the actor, this one too. */
export type LogOutEverywhere = (actor: Actor) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly signIns: SignInRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeLogOutEverywhere({ audit, signIns, clock, transaction }: Deps): LogOutEverywhere {
  return ({ userId }) =>
    transaction.run(async () => {
      await signIns.endAll(userId, clock.now(), null);
      await audit.record({
        actorId: userId,
        action: 'ended',
        subjectKind: 'user',
        subjectId: userId,
        details: { signIns: 'all' },
      });
    });
}
