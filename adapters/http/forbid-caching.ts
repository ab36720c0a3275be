import type { HttpMiddleware } from './http-context.ts';

/** Answers belong to their caller: no cache keeps them, but for what is shown with an ETag. */
export const forbidCaching: HttpMiddleware = function forbidCaching(ctx, next) {
  ctx.set('Cache-Control', 'no-store');
  return next();
};
