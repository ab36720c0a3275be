import { STATUS_CODES } from 'node:http';
import { DomainError, type ErrorCode, type ErrorKind, type FieldFault } from '../../core/shared/errors.ts';
import { HttpFault } from './http-fault.ts';

/** Seconds after which a caller may well ask again: about what a pool or a breaker needs to recover. */
const RETRY_AFTER = '5';
const UNAVAILABLE = 'The service cannot answer at the moment. Try again in a few seconds.';
const INTERNAL = 'Something went wrong on our side. Tell us the requestId, and we can find out what.';

/** Every kind of fault of the core, and the status that tells it. */
const statuses = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  unprocessable: 422,
  limited: 429,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>;

/** Faults of the bearer token itself, which RFC 6750 (section 3.1) names in the challenge. */
const tokenFaults: readonly ErrorCode[] = ['invalid_token', 'token_expired'];

/** What may be told of an error, whatever it was. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the error's own text may be told. What may not be told must be logged. */
  readonly expose: boolean;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof HttpFault) {
    const { status, code, message: detail, details: errors, headers } = error;
    return { status, code, detail, errors, headers, expose: true };
  }
  if (!(error instanceof DomainError)) {
    return { status: 500, code: 'internal', detail: INTERNAL, errors: [], headers: {}, expose: false };
  }
  const { code, details: errors } = error;
  const status = statuses[error.kind];
  const expose = status < 500;
  return { status, code, detail: expose ? error.message : UNAVAILABLE, errors, headers: headersOf(error), expose };
}

/** The body of RFC 9457. `instance` is the request's path, without its query. */
export function problemBody({ status, code, detail, errors }: Problem, instance: string, requestId: string): string {
  return JSON.stringify({
    type: `urn:lazy-foundry:problem:${code}`,
    title: STATUS_CODES[status],
    status,
    detail,
    instance,
    code,
    requestId,
    ...(status === 400 && { errors }),
  });
}

function headersOf({ kind, code, retryAfterSeconds }: DomainError): Readonly<Record<string, string>> {
  if (retryAfterSeconds !== null) return { 'Retry-After': String(retryAfterSeconds) };
  if (kind === 'unavailable') return { 'Retry-After': RETRY_AFTER };
  if (kind !== 'unauthenticated') return {};
  return { 'WWW-Authenticate': tokenFaults.includes(code) ? 'Bearer error="invalid_token"' : 'Bearer' };
}
