import { type KeyObject, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { type Viewer, claimedBy } from '../../core/shared/actor.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { PageRequest, Position } from '../../core/shared/page.ts';

const DEFAULT_LIMIT = 20;
const SIGNATURE_BYTES = 16;

/** Turns positions into the opaque cursors that clients hand back, bound to the list that they were given for. */
export interface Cursors {
  encode(scope: string, position: Position): string;
  /** @throws DomainError `invalid_cursor` for one that was altered or given for another list */
  decode(scope: string, cursor: string): Position;
}

/**
 * Signs cursors with HMAC-SHA256. `key` is kept secret and shared by every server of an installation; what was signed
 * with `previousKey`, the one before it, is still taken.
 */
export function makeCursors(key: Uint8Array, previousKey: Uint8Array | null = null): Cursors {
  // Prepared once: for a raw key each signature would take several times as long.
  const current = createSecretKey(key);
  const previous = previousKey && createSecretKey(previousKey);
  const sign = (scope: string, payload: Buffer, secret: KeyObject = current): Buffer =>
    createHmac('sha256', secret).update(scope).update('\0').update(payload).digest().subarray(0, SIGNATURE_BYTES);
  return {
    encode: (scope, position) => {
      const payload = Buffer.from(JSON.stringify(position));
      return Buffer.concat([sign(scope, payload), payload]).toString('base64url');
    },
    decode: (scope, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      const payload = bytes.subarray(SIGNATURE_BYTES);
      const signature = bytes.subarray(0, SIGNATURE_BYTES);
      // Node skips characters that are not base64url: only the very text that was given counts.
      const genuine =
        bytes.toString('base64url') === cursor &&
        signature.length === SIGNATURE_BYTES &&
        (timingSafeEqual(signature, sign(scope, payload)) ||
          (previous !== null && timingSafeEqual(signature, sign(scope, payload, previous))));
      if (!genuine) {
        throw new DomainError('invalid_cursor', 'This cursor does not belong to this list. Begin at the first page.');
      }
      const position: unknown = JSON.parse(payload.toString());
      return isPosition(position) ? position : [];
    },
  };
}

/** What a cursor is bound to: the operation, who asks, and everything asked for but the size of the page. */
export function cursorScope(operation: string, viewer: Viewer | null, params: unknown, query: unknown): string {
  const filters = Object.entries(query ?? {})
    .filter(([name, value]) => name !== 'limit' && name !== 'cursor' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([operation, viewer && claimedBy(viewer).userId, params ?? null, filters]);
}

/** The page that `limit` and `cursor` of a checked query ask for. @throws DomainError `invalid_cursor` */
export function pageRequest(query: unknown, scope: () => string, cursors: Cursors): PageRequest {
  const asked: { readonly limit?: unknown; readonly cursor?: unknown } =
    typeof query === 'object' && query !== null ? query : {};
  return {
    limit: typeof asked.limit === 'number' ? asked.limit : DEFAULT_LIMIT,
    after: typeof asked.cursor === 'string' ? cursors.decode(scope(), asked.cursor) : null,
  };
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) && value.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
  );
}
