import type { Schema } from 'yup';
import type { Page, Position } from '../../core/shared/page.ts';

/** What an operation answers; an adapter turns it into an HTTP response or into the command line's output. */
export interface Answer<O = unknown> {
  readonly status: number;
  /** Plain JSON; undefined for none. */
  readonly body: O;
  readonly etag: string | null;
  readonly location: string | null;
  /** The cursor of the next page. */
  readonly next: string | null;
  /** It was made for an earlier request with the same Idempotency-Key. */
  readonly replayed?: true;
  /** The campaigns of which it tells: the answer holds until one of them changes. Undefined where nobody knows. */
  readonly campaigns?: readonly string[];
}

/** How an operation's result `R` becomes the body `O` of its answer. */
export interface Response<R = never, O = unknown> {
  /** Of the body, or of one item of a list; null when there is no body. */
  readonly schema: Schema | null;
  readonly list: boolean;
  readonly etag: boolean;
  readonly location: boolean;
  answer(result: R, status: number, cursor: (position: Position) => string): Answer<O>;
}

/** How a record of the core is shown: the schema that it fits, and the function that lists its fields. */
interface ViewDefinition<R, O> {
  readonly schema: Schema<O>;
  present(record: R): O;
  /** A strong validator of the representation that this caller gets (RFC 9110, section 8.8.3). */
  etag?(record: R): string;
  /** The path of what was created. */
  location?(record: R): string;
  /** The status where it depends on the record. */
  status?(record: R): number;
}

export interface View<R, O> extends Response<R, O> {
  readonly schema: Schema<O>;
  present(record: R): O;
}

export function view<R, O>(definition: ViewDefinition<R, O>): View<R, O> {
  return {
    schema: definition.schema,
    list: false,
    etag: definition.etag !== undefined,
    location: definition.location !== undefined,
    present: (record) => definition.present(record),
    answer: (record, status) => ({
      status: definition.status?.(record) ?? status,
      body: definition.present(record),
      etag: definition.etag?.(record) ?? null,
      location: definition.location?.(record) ?? null,
      next: null,
    }),
  };
}

/** A bare array, page by page. */
export function listOf<R, O>(item: View<R, O>): Response<Page<R>, readonly O[]> {
  return {
    schema: item.schema,
    list: true,
    etag: false,
    location: false,
    answer: (page, status, cursor) => ({
      status,
      body: page.items.map((record) => item.present(record)),
      etag: null,
      location: null,
      next: page.next === null ? null : cursor(page.next),
    }),
  };
}

/** 204: done, and nothing to say. */
export const nothing: Response<void, undefined> = {
  schema: null,
  list: false,
  etag: false,
  location: false,
  answer: (_, status) => ({ status, body: undefined, etag: null, location: null, next: null }),
};
