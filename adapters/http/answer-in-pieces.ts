import { Readable } from 'node:stream';
import type { HttpContext, HttpMiddleware } from './http-context.ts';

/** Bytes. What is longer is handed to the connection by and by, as the client reads. */
const PIECE = 64 * 1024;
/** Bytes of such answers that wait for their readers at the same time, over all connections. */
const MOST_UNREAD = 32 * 1024 * 1024;

interface Unread {
  readonly ctx: HttpContext;
  readonly bytes: number;
}

/**
 * Writes long answers piece by piece, so that it can be seen whether anybody reads, and bounds the memory of those that
 * are not read yet: where it is full, the oldest answer to the address that has most of it is given up.
 */
export function answerInPieces(mostUnread = MOST_UNREAD): HttpMiddleware {
  const unread = new Set<Unread>();
  let total = 0;
  const release = (answer: Unread): void => {
    if (unread.delete(answer)) total -= answer.bytes;
  };
  return async function answerInPieces(ctx, next) {
    await next();
    const body: unknown = ctx.body;
    if (!Buffer.isBuffer(body) || body.length <= PIECE || ctx.method === 'HEAD') return;
    const answer = { ctx, bytes: body.length };
    unread.add(answer);
    total += answer.bytes;
    while (total > mostUnread) {
      const given = oldestOfWorst(unread);
      release(given);
      given.ctx.req.socket.destroy();
    }
    const pieces = Readable.from(piecesOf(body), { objectMode: false, highWaterMark: PIECE });
    // When all was handed over, or the connection is gone.
    ctx.body = pieces.once('close', () => {
      release(answer);
    });
    ctx.length = answer.bytes;
  };
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function oldestOfWorst(unread: ReadonlySet<Unread>): Unread {
  const sums = new Map<string, number>();
  for (const { ctx, bytes } of unread) sums.set(ctx.state.address, (sums.get(ctx.state.address) ?? 0) + bytes);
  const [worst] = [...sums].reduce((a, b) => (b[1] > a[1] ? b : a));
  for (const answer of unread) if (answer.ctx.state.address === worst) return answer;
  throw new Error('Whoever has most has one.');
}
