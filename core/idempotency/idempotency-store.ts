import type { Role } from '../members/role.ts';
import type { Span } from '../shared/clock.ts';

/** One user's key; another user's same key is another one. */
export interface IdempotencyKey {
  readonly userId: string;
  readonly key: string;
}

/** What was asked with a key, and answered. */
export interface RecordedAnswer {
  readonly operation: string;
  /** SHA-256 over the request as guarded. */
  readonly requestHash: string;
  readonly answer: {
    readonly status: number;
    readonly body: unknown;
    readonly etag: string | null;
    readonly location: string | null;
    /** The fields of the body that are left out because they repeat the request's. */
    readonly echoed?: readonly string[];
  };
  /** The campaign that it is about, and what the caller was in it; null for none. */
  readonly campaignId: string | null;
  readonly role: Role | null;
  readonly createdAt: Date;
}

/** All of it happens in the current transaction, so that an answer is recorded exactly when its effect is. */
export interface IdempotencyStore {
  /** Takes the key until the transaction ends; false at once when another transaction has it. */
  claim(key: IdempotencyKey): Promise<boolean>;
  /** What was recorded in the span. */
  find(key: IdempotencyKey, span: Span): Promise<RecordedAnswer | null>;
  /** Records it, over one outside of the span; forgets some of the others that are outside of it. */
  record(key: IdempotencyKey, recorded: RecordedAnswer, span: Span): Promise<void>;
}
