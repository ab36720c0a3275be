import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Actor } from '../shared/actor.ts';
import { notFound } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { ApiTokenRepository } from './api-token-repository.ts';

/** One of the actor's own. @throws DomainError `not_found` */
export type RevokeApiToken = (actor: Actor, input: { readonly id: string }) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly apiTokens: ApiTokenRepository;
  readonly transaction: Transaction;
}

export function makeRevokeApiToken({ audit, apiTokens, transaction }: Deps): RevokeApiToken {
  return ({ userId }, { id }) =>
    transaction.run(async () => {
      if (!(await apiTokens.remove(userId, id))) throw notFound();
      await audit.record({ actorId: userId, action: 'revoked', subjectKind: 'api-token', subjectId: id });
    });
}
