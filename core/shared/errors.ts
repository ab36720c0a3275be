/** What went wrong, as a class of fault. The adapters map each kind once, to an HTTP status and to an exit code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'unprocessable'
  | 'limited'
  | 'unavailable';

/** The stable name of each fault. Clients branch on these: a code is added freely and never changed. */
const kinds = {
  validation_failed: 'invalid',
  invalid_cursor: 'invalid',
  unauthenticated: 'unauthenticated',
  invalid_credentials: 'unauthenticated',
  token_expired: 'unauthenticated',
  invalid_token: 'unauthenticated',
  refresh_token_reused: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'not-found',
  email_taken: 'conflict',
  username_taken: 'conflict',
  session_number_taken: 'conflict',
  illegal_transition: 'conflict',
  last_owner: 'conflict',
  invite_used_up: 'conflict',
  limit_reached: 'conflict',
  registration_closed: 'conflict',
  idempotency_in_flight: 'conflict',
  version_conflict: 'stale',
  idempotency_key_reused: 'unprocessable',
  rate_limited: 'limited',
  unavailable: 'unavailable',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof kinds;

/** One field at fault: `field` is a path such as `results.events[2]`, `message` is a sentence for the person who filled it in. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** A fault that the caller can understand and mend. Its message is public: it never carries a secret. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly details: readonly FieldFault[];
  /** Seconds to wait before the same may be asked again; null where waiting is not what helps. */
  readonly retryAfterSeconds: number | null;
  /** The campaign in which it happened, for the log; null where that is not known, or none. */
  readonly campaignId: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    details: readonly FieldFault[] = [],
    options: ErrorOptions & { readonly retryAfterSeconds?: number; readonly campaignId?: string } = {},
  ) {
    super(message, options);
    this.kind = kinds[code];
    this.code = code;
    this.details = details;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.campaignId = options.campaignId ?? null;
  }
}

/** What does not exist and what the caller may not see are told in the same words. */
export function notFound(): DomainError {
  return new DomainError('not_found', 'There is nothing here that you may see. Check the id, and whose it is.');
}

/** Too much was asked in too short a time. `milliseconds` until it may be asked again. */
export function rateLimited(milliseconds: number): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const message = `Too many attempts. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`;
  return new DomainError('rate_limited', message, [], { retryAfterSeconds });
}

export function tooManyAtOnce(): DomainError {
  const message = 'Too many requests at once. Wait for the answers to those before, and try again.';
  return new DomainError('rate_limited', message, [], { retryAfterSeconds: 1 });
}

export function invalidField(field: string, message: string): DomainError {
  return new DomainError('validation_failed', `${field}: ${message}`, [{ field, message }]);
}
