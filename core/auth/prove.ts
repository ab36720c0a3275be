import type { Clock } from '../shared/clock.ts';
import type { Prove } from '../shared/prove.ts';
import { apiTokenEnded } from './api-token.ts';
import type { ApiTokenQueries } from './api-token-queries.ts';
import { signInEnded } from './sign-in.ts';
import type { SignInQueries } from './sign-in-queries.ts';

interface Deps {
  readonly signIns: SignInQueries;
  readonly apiTokens: ApiTokenQueries;
  readonly clock: Clock;
}

export function makeProve({ signIns, apiTokens, clock }: Deps): Prove {
  return async ({ userId, signInId, apiTokenId }) => {
    if (signInId !== null && !(await signIns.isLive(userId, signInId, clock.now()))) throw signInEnded();
    if (apiTokenId !== undefined && !(await apiTokens.isLive(userId, apiTokenId, clock.now()))) throw apiTokenEnded();
  };
}
