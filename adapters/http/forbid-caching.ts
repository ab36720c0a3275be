import type { HttpMiddleware } from './http-context.ts';

/**
 * Answers belong to their caller: no cache keeps them, the browser's own on a shared computer included. An ETag is for
 * clients that remember what they were told.
 */
export const forbidCaching: HttpMiddleware = function forbidCaching(ctx, next) {
  ctx.set('Cache-Control', 'no-store');
  return next();
};
