import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Prove } from '../shared/prove.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type ApiToken, MAX_API_TOKENS, type NewApiToken, newApiToken, tooManyApiTokens } from './api-token.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';
import type { ApiTokenSecrets } from './api-token-secrets.ts';

export interface CreatedApiToken {
  readonly apiToken: ApiToken;
  /** The secret itself: told this once. */
  readonly token: string;
}

/** @throws DomainError `validation_failed`, `invalid_token` */
export type CreateApiToken = (actor: Actor, input: NewApiToken) => Promise<CreatedApiToken>;

interface Deps {
  readonly audit: AuditTrail;
  readonly prove: Prove;
  readonly apiTokens: ApiTokenRepository;
  readonly secrets: ApiTokenSecrets;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeCreateApiToken({
  audit,
  prove,
  apiTokens,
  secrets,
  ids,
  clock,
  transaction,
}: Deps): CreateApiToken {
  return (actor, input) =>
    transaction.run(async () => {
      const count = await apiTokens.countForUpdate(actor.userId);
      // A token must not outlive what it was made by: whoever was suspended or logged out meanwhile gets none.
      await prove(actor);
      if (count >= MAX_API_TOKENS) throw tooManyApiTokens();
      const { token, hash, prefix } = secrets.issue();
      const apiToken = newApiToken(ids.next(), actor.userId, prefix, input, clock.now());
      await apiTokens.add(apiToken, hash);
      await audit.record({
        actorId: actor.userId,
        action: 'created',
        subjectKind: 'api-token',
        subjectId: apiToken.id,
        details: { scopes: apiToken.scopes.join(' '), expiresAt: apiToken.expiresAt?.toISOString() ?? null },
      });
      return { apiToken, token };
    });
}
