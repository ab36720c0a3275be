import { type Changes, changed } from './changes.ts';
import { DomainError } from './errors.ts';

/** What every stored aggregate carries: how often it was changed, from 1. */
export interface Versioned {
  readonly version: number;
}

/** A change that changes nothing is none: the very same thing comes back, to be neither stored nor told of. */
export function revised<T extends Versioned & { readonly updatedAt: Date }>(
  thing: T,
  changes: Changes<T>,
  now: Date,
): T {
  const value = changed(thing, changes);
  return value === thing ? thing : { ...value, updatedAt: now, version: thing.version + 1 };
}

/** What a caller tells of the thing that it wants to change: the versions that it is willing to change, null for any. */
export interface Expecting {
  readonly expectedVersions?: readonly number[] | null;
}

/** @throws DomainError `version_conflict` when the thing has moved on from the versions that are expected. */
export function expectVersion<T extends Versioned>(thing: T, expected: Expecting['expectedVersions'] = null): T {
  if (expected === null || expected.includes(thing.version)) return thing;
  throw new DomainError(
    'version_conflict',
    expected.length === 0
      ? 'This request allows to change no version that there is. Read this again and tell the version that you got.'
      : 'Somebody changed this since you read it. Read it again and repeat your change.',
  );
}
