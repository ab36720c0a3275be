import type { Cache } from '../../core/shared/cache.ts';

/** An answer to a read, ready to be sent. */
export interface CachedAnswer {
  readonly status: number;
  /** As it is sent: bytes take half the room of texts with but one character beyond Latin-1. */
  readonly body: Buffer;
  readonly etag: string | null;
  /** The cursor of the next page. */
  readonly next: string | null;
}

export type AnswerCache = Cache<CachedAnswer>;

/** How an answer is cached outside of this process, as plain JSON. */
export const cachedAnswers = {
  toJson: ({ body, ...rest }: CachedAnswer): object => ({ ...rest, json: body.toString() }),
  /** Null for what is no answer: another process may have cached it, perhaps of another version. */
  fromJson: (value: unknown): CachedAnswer | null => {
    if (typeof value !== 'object' || value === null) return null;
    const { status, json, etag, next }: Partial<Record<keyof CachedAnswer | 'json', unknown>> = value;
    if (typeof status !== 'number' || typeof json !== 'string' || !isTextOrNull(etag) || !isTextOrNull(next))
      return null;
    return { status, body: bytesOf(json), etag, next };
  },
};

/** In memory of their own: what is cut from node's pool keeps all of that alive. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
