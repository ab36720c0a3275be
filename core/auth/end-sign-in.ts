import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { notFound } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import { isLive } from './sign-in.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** Ends one of the actor's own sign-ins. @throws DomainError `not_found` */
export type EndSignIn = (actor: Actor, input: { readonly id: string }) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly signIns: SignInRepository;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeEndSignIn({ audit, signIns, clock, transaction }: Deps): EndSignIn {
  return ({ userId }, { id }) =>
    transaction.run(async () => {
      const now = clock.now();
      const signIn = await signIns.find(id);
      if (signIn?.userId !== userId || !isLive(signIn, now)) throw notFound();
      await signIns.end(id, now);
      await audit.record({ actorId: userId, action: 'ended', subjectKind: 'sign-in', subjectId: id });
    });
}
