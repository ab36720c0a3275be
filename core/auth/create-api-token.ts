import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { UserRepository } from '../users/user-repository.ts';
import { type ApiToken, MAX_API_TOKENS, type NewApiToken, newApiToken, tooManyApiTokens } from './api-token.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';
import type { ApiTokenSecrets } from './api-token-secrets.ts';
import { type PasswordProof, type ProvePassword, expectStillProven } from './prove-password.ts';

export interface CreatedApiToken {
  readonly apiToken: ApiToken;
  /** The secret itself: told this once. */
  readonly token: string;
}

/**
 * @throws DomainError `validation_failed`, `invalid_token`; `invalid_credentials` for a wrong password, `rate_limited`
 * after too many of those
 */
export type CreateApiToken = (actor: Actor, input: NewApiToken & PasswordProof) => Promise<CreatedApiToken>;

interface Deps {
  readonly provePassword: ProvePassword;
  readonly audit: AuditTrail;
  readonly prove: Prove;
  readonly users: UserRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly secrets: ApiTokenSecrets;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeCreateApiToken(deps: Deps): CreateApiToken {
  const { provePassword, audit, prove, users, apiTokens, secrets, ids, clock, transaction } = deps;
  return async (actor, input) => {
    const before = await provePassword(actor, input);
    return transaction.run(async () => {
      const now = clock.now();
      const user = await users.getForUpdate(actor.userId);
      const count = await apiTokens.countForUpdate(actor.userId, now);
      // A token must not outlive what it was made by: whoever was suspended or logged out meanwhile gets none.
      await prove(actor);
      expectStillProven(before, user);
      if (count >= MAX_API_TOKENS) throw tooManyApiTokens();
      const { token, hash, prefix } = secrets.issue();
      const apiToken = newApiToken(ids.next(), actor.userId, prefix, input, now);
      await apiTokens.add(apiToken, hash);
      await apiTokens.prune(now);
      await audit.record({
        actorId: actor.userId,
        action: 'created',
        subjectKind: 'api-token',
        subjectId: apiToken.id,
        details: { scopes: apiToken.scopes.join(' '), expiresAt: apiToken.expiresAt?.toISOString() ?? null },
      });
      return { apiToken, token };
    });
  };
}
