import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';

/** Runs a write, and tells a violated unique constraint by the domain's name for it. */
export async function naming<T>(
  constraints: Readonly<Record<string, { readonly code: ErrorCode; readonly message: string }>>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const constraint: unknown =
      error instanceof UniqueConstraintViolationException && 'constraint' in error ? error.constraint : undefined;
    const fault = typeof constraint === 'string' ? constraints[constraint] : undefined;
    if (fault === undefined) throw error;
    throw new DomainError(fault.code, fault.message, [], { cause: error });
  }
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
