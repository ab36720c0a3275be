import Koa from 'koa';
import type { Logger } from '../../core/shared/logger.ts';
import type { ProxyNetwork } from '../../core/shared/proxy-network.ts';
import type { RateLimiter } from '../../core/shared/rate-limiter.ts';
import type { Endpoint } from '../operations/operation.ts';
import { allowOrigins } from './allow-origins.ts';
import type { Authentication } from './authenticate-caller.ts';
import { answerTogether } from './answer-together.ts';
import { answerErrors } from './answer-errors.ts';
import { answerInPieces } from './answer-in-pieces.ts';
import type { AnswerCache } from './cached-answer.ts';
import { locateClient, makeIsProxy } from './client-address.ts';
import { forbidCaching } from './forbid-caching.ts';
import type { HttpState } from './http-context.ts';
import { limitInFlight } from './limit-in-flight.ts';
import { makeRateLimits } from './limit-rate.ts';
import { logAccess } from './log-access.ts';
import { type LogFault, makeLogFault } from './log-fault.ts';
import { makeRouter, refuseUnrouted } from './make-router.ts';
import { openApiDocument } from './openapi.ts';
import { refuseOddRequests } from './refuse-odd-requests.ts';
import { secureHeaders } from './secure-headers.ts';
import { traceRequest } from './trace-request.ts';

interface Deps extends Authentication {
  readonly endpoints: readonly Endpoint[];
  readonly logger: Logger;
  readonly newRequestId: () => string;
  /** Exact origins, such as `https://app.example.org`, whose pages may call. */
  readonly corsOrigins: readonly string[];
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly ProxyNetwork[];
  /** Null for no limits. */
  readonly limiter: RateLimiter | null;
  /** Without one, no answer is cached. */
  readonly cache?: AnswerCache | null;
  readonly production: boolean;
  readonly version: string;
}

/** The HTTP API over these endpoints. */
export function makeHttpApp(deps: Deps): Koa {
  const { endpoints, logger, newRequestId, corsOrigins, cache = null, production, version } = deps;
  const limits = makeRateLimits(deps.limiter, deps, logger);
  const document = Buffer.from(JSON.stringify(openApiDocument(endpoints, { version })));
  const router = makeRouter(endpoints, deps, limits, document, cache);
  const logFault = makeLogFault(logger);
  const app = new Koa<HttpState, object>();
  app.use(answerTogether());
  app.use(answerInPieces());
  app.use(traceRequest(newRequestId));
  app.use(locateClient(deps.trustedProxies, logger));
  app.use(logAccess(logger));
  app.use(answerErrors(logFault));
  app.use(secureHeaders(production));
  app.use(forbidCaching);
  app.use(allowOrigins(corsOrigins));
  if (deps.limiter !== null) app.use(limitInFlight(makeIsProxy(deps.trustedProxies)));
  app.use(limits.limitRequest);
  app.use(refuseOddRequests);
  app.use(router.routes());
  app.use(refuseUnrouted(router));
  app.on('error', (error: unknown) => {
    logLeftover(error, logFault);
  });
  return app;
}

const ABORTED = /^(?:ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_HTTP_REQUEST_TIMEOUT|HPE_\w+)$/;

/** Koa tells what happens outside of the pipeline, mostly that a client went away, and would print it to stderr. */
function logLeftover(error: unknown, logFault: LogFault): void {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code === 'string' && ABORTED.test(code)) return;
  logFault('unexpected_error', error);
}
