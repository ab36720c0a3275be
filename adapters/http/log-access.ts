import type { Logger } from '../../core/shared/logger.ts';
import type { HttpMiddleware } from './http-context.ts';

/** One line a request. Probes of the health routes come every few seconds, and would drown the rest. */
export function logAccess(logger: Logger): HttpMiddleware {
  return async function logAccess(ctx, next) {
    const start = performance.now();
    await next();
    const { requestId, traceId, route, userId, problem } = ctx.state;
    const level = route?.startsWith('/health/') === true ? 'debug' : 'info';
    logger[level]('http_request', {
      requestId,
      ...(traceId !== null && { traceId }),
      method: ctx.method,
      route,
      status: ctx.status,
      durationMs: Math.round((performance.now() - start) * 100) / 100,
      ...(userId !== null && { userId }),
      ...(problem !== null && { problem }),
    });
  };
}
