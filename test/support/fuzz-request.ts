import type { Role } from '../../core/members/role.ts';

/** A request that was made up. `@@…@@` is filled in when it is sent. */
export interface FuzzRequest {
  /** What was meant; a mutation can make another of it. */
  readonly operation: string;
  /** Valid as far as the operation's schemas tell; changed in a place or two; or no HTTP as clients write it. */
  readonly kind: 'valid' | 'mutated' | 'odd';
  readonly caller: Role | 'stranger' | 'script';
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Appended to the query as it stands. */
  readonly rawQuery: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The fields of the body, each as JSON; null for no body. */
  readonly fields: readonly (readonly [string, string])[] | null;
  /** Instead of `fields`. */
  readonly rawBody: string | null;
  /** Instead of the caller's token. */
  readonly authorization: string | null;
}

/** Headers that operations look at. */
export const TELLING_HEADERS = [
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'x-request-id',
  'User-Agent',
  'traceparent',
] as const;

export function bodyText({ fields, rawBody }: FuzzRequest): string | null {
  if (rawBody !== null || fields === null) return rawBody;
  return `{${fields.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}
