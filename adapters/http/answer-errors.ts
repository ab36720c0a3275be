import type { HttpContext, HttpMiddleware } from './http-context.ts';
import type { LogFault } from './log-fault.ts';
import { problemBody, problemOf } from './problem.ts';
import { RequestAborted } from './read-body.ts';

/** As nginx writes it into its log: the client closed the request. Nobody gets to read it. */
const CLIENT_CLOSED_REQUEST = 499;

/** Turns whatever is thrown into application/problem+json. What the caller is not told goes to the log. */
export function answerErrors(logFault: LogFault): HttpMiddleware {
  return async function answerErrors(ctx, next) {
    try {
      await next();
    } catch (error) {
      if (error instanceof RequestAborted) ctx.status = CLIENT_CLOSED_REQUEST;
      else answerProblem(ctx, error, logFault);
    }
  };
}

function answerProblem(ctx: HttpContext, error: unknown, logFault: LogFault): void {
  const problem = problemOf(error);
  const { requestId, traceId, route } = ctx.state;
  if (!problem.expose) {
    const event = problem.status === 503 ? 'unavailable' : 'unexpected_error';
    logFault(event, error, { requestId, traceId, method: ctx.method, route });
  }
  ctx.state.problem = problem.code;
  ctx.status = problem.status;
  ctx.set({ ...problem.headers, 'Content-Type': 'application/problem+json' });
  ctx.body = problemBody(problem, ctx.path, requestId);
}
