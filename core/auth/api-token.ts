import { DomainError, invalidField } from '../shared/errors.ts';
import type { Scope } from '../shared/actor.ts';

/** A key for a user's scripts: it acts as the user, within its scopes. */
export interface ApiToken {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The beginning of the token, by which its owner knows it again. */
  readonly prefix: string;
  readonly createdAt: Date;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
}

export interface NewApiToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresInDays?: number | undefined;
}

/** As many as anybody keeps track of. */
export const MAX_API_TOKENS = 100;

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws DomainError `validation_failed` */
export function newApiToken(
  id: string,
  userId: string,
  prefix: string,
  { name, scopes, expiresInDays }: NewApiToken,
  now: Date,
): ApiToken {
  if (scopes.length === 0) throw invalidField('scopes', 'must name at least one');
  return {
    id,
    userId,
    name,
    scopes: [...new Set(scopes)],
    prefix,
    createdAt: now,
    expiresAt: expiresInDays === undefined ? null : new Date(now.getTime() + expiresInDays * DAY_MS),
  };
}

/** What an API token that is revoked, expired or unknown is told, wherever that comes to light. */
export function apiTokenEnded(): DomainError {
  return new DomainError('invalid_token', 'This API token is not valid. Create another one.');
}

export function tooManyApiTokens(): DomainError {
  return new DomainError('validation_failed', `You have ${MAX_API_TOKENS} API tokens. Revoke one that you do not use.`);
}
