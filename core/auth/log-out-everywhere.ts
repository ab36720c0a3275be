import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { UserRepository } from '../users/user-repository.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** Ends every sign-in of the actor, this one too, and every API token. */
export type LogOutEverywhere = (actor: Actor, input: { readonly keepApiTokens?: boolean | undefined }) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly signIns: SignInRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeLogOutEverywhere({
  audit,
  prove,
  users,
  signIns,
  apiTokens,
  clock,
  transaction,
}: Deps): LogOutEverywhere {
  return (actor, { keepApiTokens = false }) =>
    transaction.run(async () => {
      const { userId } = actor;
      // Whoever makes an API token holds this lock: it is there now, or sees that its sign-in has ended.
      await users.getForUpdate(userId);
      await prove(actor);
      await signIns.endAll(userId, clock.now(), null);
      if (!keepApiTokens) await apiTokens.removeAll(userId);
      await audit.record({
        actorId: userId,
        action: 'ended',
        subjectKind: 'user',
        subjectId: userId,
        details: { signIns: 'all', apiTokens: keepApiTokens ? 'kept' : 'revoked' },
      });
    });
}
