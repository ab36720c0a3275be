/** An answer to a read, ready to be sent. */
export interface KeptAnswer {
  readonly status: number;
  /** As it is sent: bytes take half the room of texts with but one character beyond Latin-1. */
  readonly body: Buffer;
  readonly etag: string | null;
  /** The cursor of the next page. */
  readonly next: string | null;
}

interface Loaded {
  readonly value: KeptAnswer;
  /** What ends the answer's life when it changes; null for an answer that is not to be kept. */
  readonly tags: readonly string[] | null;
}

/**
 * Keeps answers for a while, in this process or where all servers find them. Whatever it gives is as good as what the
 * database would answer now: a change that was answered before the question is in it, whichever server made it. It
 * never fails for reasons of its own; where it cannot be sure, it finds nothing.
 */
export interface AnswerCache {
  get(key: string): Promise<KeptAnswer | null>;
  /** Keeps what cannot be older than this call, until it is `ttlMs` old or one of the tags changes. */
  set(
    key: string,
    answer: KeptAnswer,
    kept: { readonly ttlMs: number; readonly tags: readonly string[] },
  ): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * What is kept, or else what `load` loads, which then is kept. Those who ask at the same time wait for one load. What
   * a change has overtaken is answered to whom it was loaded for, and not kept.
   */
  wrap(key: string, ttlMs: number, load: () => Promise<Loaded>): Promise<KeptAnswer>;
}

/** How an answer is kept outside of this process, as plain JSON. */
export const keptAnswers = {
  toJson: ({ body, ...rest }: KeptAnswer): object => ({ ...rest, json: body.toString() }),
  /** Null for what is no answer: another process may have kept it, perhaps of another version. */
  fromJson: (value: unknown): KeptAnswer | null => {
    if (typeof value !== 'object' || value === null) return null;
    const { status, json, etag, next }: Partial<Record<keyof KeptAnswer | 'json', unknown>> = value;
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
