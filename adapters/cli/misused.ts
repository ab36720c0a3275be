import { DomainError } from '../../core/shared/errors.ts';

/** The command was not used as it is meant: exit code 2. `message` says what to do instead. */
export function misused(message: string, options?: ErrorOptions): DomainError {
  return new DomainError('validation_failed', message, [], options);
}
