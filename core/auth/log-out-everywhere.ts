import { type Actor } from '../shared/actor.ts';
import { type Clock } from '../shared/clock.ts';
import { type SignInRepository } from './sign-in-repository.ts';

/** Ends every sign-in of the actor, this one too. */
export type LogOutEverywhere = (actor: Actor) => Promise<void>;

interface Deps {
  readonly signIns: SignInRepository;
  readonly clock: Clock;
}

export function makeLogOutEverywhere({ signIns, clock }: Deps): LogOutEverywhere {
  return (actor) => signIns.endAll(actor.userId, clock.now(), null);
}
