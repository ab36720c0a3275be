import { type Schema, ValidationError } from 'yup';
import { DomainError, type FieldFault, notFound } from '../../core/shared/errors.ts';
import { cleaned } from './clean.ts';
import { fieldPath, findHazards } from './find-hazards.ts';

const MAX_FAULTS = 20;

/**
 * Checks what came in against its schema: no casting, no unknown field. Single-line texts come out cleaned.
 * An operation that declares no schema gets undefined, whatever was sent.
 * @throws DomainError `validation_failed`, with every fault by its path
 */
export function checked<T>(schema: Schema<T> | undefined, value: unknown): T;
export function checked(schema: Schema<unknown> | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const given = value ?? {};
  const hazards = findHazards(given);
  if (hazards.length > 0) throw invalid(hazards.slice(0, MAX_FAULTS));
  try {
    return schema.validateSync(cleaned(schema, given), { strict: true, abortEarly: false });
  } catch (error) {
    if (error instanceof ValidationError) throw invalid(faultsOf(error));
    throw error;
  }
}

/** Parameters of a path name a resource: one that cannot exist is not found. @throws DomainError `not_found` */
export function checkParams<T>(schema: Schema<T> | undefined, value: unknown): T;
export function checkParams(schema: Schema<unknown> | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  if (findHazards(value).length > 0) throw notFound();
  const params = cleaned(schema, value);
  if (!schema.isValidSync(params, { strict: true })) throw notFound();
  return params;
}

function invalid(faults: readonly FieldFault[]): DomainError {
  const named = faults.map(({ field, message }) => (field === '' ? message : `${field} ${message}`));
  return new DomainError('validation_failed', `${named.join('; ')}.`, faults);
}

function faultsOf(error: ValidationError): FieldFault[] {
  const all = error.inner.length > 0 ? error.inner : [error];
  return all.flatMap(faultOf).slice(0, MAX_FAULTS);
}

function faultOf(error: ValidationError): FieldFault[] {
  const path = error.path ?? '';
  const unknown: unknown = error.params?.unknown;
  if (error.type === 'noUnknown' && typeof unknown === 'string') {
    return unknown
      .split(', ')
      .map((key) => ({ field: fieldPath(path, key), message: 'is not a field that this takes' }));
  }
  return [{ field: path, message: error.message }];
}
