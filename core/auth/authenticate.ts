import type { Actor } from '../shared/actor.ts';
import type { Prove } from '../shared/prove.ts';
import type { Identify } from './identify.ts';

interface Authenticated {
  readonly actor: Actor;
  /** The token is past half its life: a client does well to refresh now. */
  readonly refreshSuggested: boolean;
}

/**
 * Who holds this access token or API token, by what the database says now: an ended sign-in, a revoked token and a
 * suspended user are out at once.
 * @throws DomainError `token_expired`, `invalid_token`
 */
export type Authenticate = (token: string) => Promise<Authenticated>;

interface Deps {
  readonly identify: Identify;
  readonly prove: Prove;
}

export function makeAuthenticate({ identify, prove }: Deps): Authenticate {
  return async (token) => {
    const { viewer, refreshSuggested } = await identify(token);
    if (!('claims' in viewer)) return { actor: viewer, refreshSuggested };
    const { claims } = viewer;
    await prove(claims);
    return { actor: claims, refreshSuggested };
  };
}
