import { type Actor } from '../shared/actor.ts';
import { type Clock } from '../shared/clock.ts';
import { notFound } from '../shared/errors.ts';
import { isLive } from './sign-in.ts';
import { type SignInRepository } from './sign-in-repository.ts';

/** Ends one of the actor's own sign-ins. @throws DomainError `not_found` */
export type EndSignIn = (actor: Actor, input: { readonly id: string }) => Promise<void>;

interface Deps {
  readonly signIns: SignInRepository;
  readonly clock: Clock;
}

export function makeEndSignIn({ signIns, clock }: Deps): EndSignIn {
  return async (actor, { id }) => {
    const now = clock.now();
    const signIn = await signIns.find(id);
    if (signIn?.userId !== actor.userId || !isLive(signIn, now)) throw notFound();
    await signIns.end(id, now);
  };
}
