import type { HttpMiddleware } from './http-context.ts';

/**
 * Holds each answer back until the end of this turn of the event loop, so that all of a turn are written one right after
 * the other. Whoever reads them is woken up once and not for each, which costs the writer more than all else it does.
 */
export function answerTogether(): HttpMiddleware {
  let turn: Promise<void> | null = null;
  const endOfTurn = (): Promise<void> =>
    (turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = null;
        resolve();
      });
    }));
  return async function answerTogether(_, next) {
    await next();
    await endOfTurn();
  };
}
