import type { HttpMiddleware } from './http-context.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** W3C Trace Context: version, trace id, parent id, flags; a version after 00 may append more. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Gives the request the id that every line about it carries, and that its caller is told. */
export function traceRequest(newRequestId: () => string): HttpMiddleware {
  return function traceRequest(ctx, next) {
    const asked = ctx.req.headers['x-request-id'];
    const requestId = typeof asked === 'string' && REQUEST_ID.test(asked) ? asked : newRequestId();
    ctx.state = {
      requestId,
      traceId: traceIdOf(ctx.req.headers.traceparent),
      route: null,
      userId: null,
      claimed: null,
      address: '',
      allowances: new Map(),
      problem: null,
    };
    ctx.set('x-request-id', requestId);
    ctx.url = originForm(ctx.url);
    return next();
  };
}

function traceIdOf(traceparent: string | string[] | undefined): string | null {
  if (typeof traceparent !== 'string') return null;
  const [, version, traceId, more] = TRACEPARENT.exec(traceparent) ?? [];
  return traceId === undefined || (version === '00' && more !== undefined) ? null : traceId;
}

/**
 * A request target need not be a path (RFC 9112, section 3.2): `GET http://host/path`, `OPTIONS *`. Koa's own parser
 * throws on some of those, and would throw again wherever the path is read.
 */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  return /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1] ?? '/';
}
