import { tooManyAtOnce } from '../../core/shared/errors.ts';
import type { HttpMiddleware } from './http-context.ts';

/** Requests of one address that are being answered, until their answers have been read. */
const MOST = 64;

/** Keeps one client from taking all connections to the database, and all memory for bodies and answers. */
export function limitInFlight(isProxy: (address: string) => boolean, most = MOST): HttpMiddleware {
  const inFlight = new Map<string, number>();
  return async function limitInFlight(ctx, next) {
    const { address } = ctx.state;
    // What a proxy of ours asks for nobody, such as whether we are ready, is no client's.
    if (!isProxy(address)) {
      const count = inFlight.get(address) ?? 0;
      if (count >= most) throw tooManyAtOnce();
      inFlight.set(address, count + 1);
      ctx.res.once('close', () => {
        const left = (inFlight.get(address) ?? 1) - 1;
        if (left === 0) inFlight.delete(address);
        else inFlight.set(address, left);
      });
    }
    await next();
  };
}
