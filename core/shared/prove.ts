import type { Actor } from './actor.ts';

/**
 * Asks whether what let the actor in still holds: its sign-in or its API token. Between a request and its effect there
 * may be a wait, for a lock or a password's hash, in which a user is suspended or signs out everywhere; so whatever has
 * waited asks again, in the transaction of its effect. The command line of this machine holds nothing that could end.
 * @throws DomainError `invalid_token`
 */
export type Prove = (actor: Actor) => Promise<void>;
