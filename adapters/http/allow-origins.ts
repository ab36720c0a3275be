import cors from '@koa/cors';
import type { Middleware } from 'koa';

/** Seconds for which a browser may remember a preflight. */
const MAX_AGE = 600;

/**
 * Answers CORS preflights and lets pages of exactly these origins read answers. Every list is our own: what the request
 * asks for is never reflected, as credentials are allowed.
 */
export function allowOrigins(origins: readonly string[]): Middleware {
  const allowed = new Set(origins);
  return cors({
    origin: (ctx) => {
      const origin = ctx.get('Origin');
      return allowed.has(origin) ? origin : '';
    },
    credentials: true,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'If-Match',
      'If-None-Match',
      'traceparent',
      'tracestate',
      'x-request-id',
    ],
    exposeHeaders: [
      'ETag',
      'Idempotency-Replayed',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'x-request-id',
      'X-Token-Refresh-Suggested',
    ],
    maxAge: MAX_AGE,
    // Errors are answered by our own middleware, which keeps the headers that are set; the error stays as it is.
    keepHeadersOnError: false,
  });
}
