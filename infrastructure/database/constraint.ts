import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import type { Explain } from './open-transaction.ts';

const UNIQUE_VIOLATION = '23505';

/** Tells a violated unique constraint by the domain's name for it. */
export function naming(
  constraints: Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>>,
): Explain {
  return (error) => {
    if (!(error instanceof Error) || !('code' in error) || error.code !== UNIQUE_VIOLATION) return error;
    const constraint: unknown = 'constraint' in error ? error.constraint : undefined;
    const fault = typeof constraint === 'string' ? constraints[constraint] : undefined;
    return fault === undefined ? error : new DomainError(fault.code, fault.message, [], { cause: error });
  };
}

/** @throws DomainError `version_conflict` unless exactly one row was written */
export function expectOne(rows: number): void {
  if (rows !== 1) {
    throw new DomainError(
      'version_conflict',
      'Somebody changed this at the same moment. Read it again and repeat your change.',
    );
  }
}
