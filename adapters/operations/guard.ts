import { ArraySchema, ObjectSchema, type Schema, ValidationError } from 'yup';
import { DomainError, type FieldFault, notFound } from '../../core/shared/errors.ts';
import { cleaned } from './clean.ts';
import { fieldPath, findHazards } from './find-hazards.ts';

/** Told of one request: who has more to mend begins with these. */
const MAX_FAULTS = 20;
/** Of each value by itself, without what is in it; a trace of where yup found a fault would take longer than finding it. */
const ALONE = { strict: true, abortEarly: false, recursive: false, disableStackTrace: true };

/**
 * Checks what came in against its schema: no casting, no unknown field. Single-line texts come out cleaned.
 * An operation that declares no schema gets undefined, whatever was sent.
 * @throws DomainError `validation_failed`, with the first faults by their paths
 */
export function checked<T>(schema: Schema<T> | undefined, value: unknown): T;
export function checked(schema: Schema<unknown> | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const given = value ?? {};
  const faults = [...findHazards(given)];
  const admitted = faults.length > 0 ? given : admit(schema, given, '', faults);
  if (faults.length > 0) throw invalid(faults.slice(0, MAX_FAULTS));
  return admitted;
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

/**
 * A copy of the value, cleaned. What is wrong with it is added to `faults`; once there are as many as are told, nothing
 * more is looked at, and the entries of a list that is too long never are.
 */
function admit(schema: Schema, given: unknown, path: string, faults: FieldFault[]): unknown {
  if (faults.length >= MAX_FAULTS) return given;
  const value = typeof given === 'object' ? given : cleaned(schema, given);
  const own = faultsOf(schema, value, path);
  const admitted = own.length > 0 && Array.isArray(value) ? value : admitChildren(schema, value, path, faults);
  faults.push(...own);
  return admitted;
}

function admitChildren(schema: Schema, value: unknown, path: string, faults: FieldFault[]): unknown {
  if (schema instanceof ArraySchema && Array.isArray(value)) {
    const item: unknown = schema.innerType;
    if (!isSchema(item)) return value;
    return value.map((each: unknown, index) => admit(item, each, `${path}[${index}]`, faults));
  }
  if (!(schema instanceof ObjectSchema) || typeof value !== 'object' || value === null) return value;
  const children = new Map<string, unknown>(Object.entries(value));
  for (const [name, field] of Object.entries<unknown>(schema.fields)) {
    if (!isSchema(field)) continue;
    const child = admit(field, children.get(name), fieldPath(path, name), faults);
    if (children.has(name)) children.set(name, child);
  }
  // fromEntries defines, it does not assign: a key `__proto__` stays a key.
  return Object.fromEntries(children);
}

function faultsOf(schema: Schema, value: unknown, path: string): readonly FieldFault[] {
  try {
    schema.validateSync(value, ALONE);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const all = error.inner.length > 0 ? error.inner : [error];
    return all.flatMap(({ type, message }) =>
      type === 'noUnknown' ? unknownFields(schema, value, path) : { field: path, message },
    );
  }
}

function unknownFields(schema: Schema, value: unknown, path: string): readonly FieldFault[] {
  if (!(schema instanceof ObjectSchema) || typeof value !== 'object' || value === null) return [];
  const known = new Set(Object.keys({ ...schema.fields }));
  return Object.keys(value)
    .filter((key) => !known.has(key))
    .slice(0, MAX_FAULTS)
    .map((key) => ({ field: fieldPath(path, key), message: 'is not a field that this takes' }));
}

function invalid(faults: readonly FieldFault[]): DomainError {
  const named = faults.map(({ field, message }) => (field === '' ? message : `${field} ${message}`));
  return new DomainError('validation_failed', `${named.join('; ')}.`, faults);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'validateSync' in value;
}
