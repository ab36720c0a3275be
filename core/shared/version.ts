import { DomainError } from './errors.ts';

/** What every stored aggregate carries: how often it was changed, from 1. */
export interface Versioned {
  readonly version: number;
}

/**
 * The versions that a caller is willing to change, or null for any (HTTP's If-Match).
 * @throws DomainError `version_conflict` when the thing has moved on.
 */
export function expectVersion(thing: Versioned, expected: readonly number[] | null): void {
  if (expected !== null && !expected.includes(thing.version)) {
    throw new DomainError(
      'version_conflict',
      'Somebody changed this since you read it. Read it again and repeat your change.',
    );
  }
}
