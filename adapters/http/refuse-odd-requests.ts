import type { IncomingMessage } from 'node:http';
import { ALLOWED_METHODS, isAllowedMethod } from './allowed-methods.ts';
import type { HttpMiddleware } from './http-context.ts';
import { HttpFault } from './http-fault.ts';

export const MAX_HEADERS = 100;

/** In origin form (RFC 9112, section 3.2.1). `//x` and `/\x` are hosts to some, and there is no fragment in a request. */
const TARGET = /^\/(?![/\\])[\x21\x22\x24-\x7e]*$/;
const HOST = /^[A-Za-z0-9._~%!$&'()*+,;=:[\]-]{1,300}$/;
/** Node keeps the first of each; a proxy before us may have gone by the last. */
const SINGLE = new Set(['host', 'authorization', 'content-type', 'content-encoding', 'content-length']);

/**
 * Refuses what node's parser lets pass although two readers could understand it differently. The connection ends with
 * it: what follows may be part of the same trick.
 */
export const refuseOddRequests: HttpMiddleware = function refuseOddRequests({ req, originalUrl, method }, next) {
  const oddity = findOddity(req, originalUrl);
  if (oddity !== null) throw fault('bad_request', oddity);
  if (req.rawHeaders.length > 2 * MAX_HEADERS) {
    throw fault('headers_too_large', `The request has more than ${MAX_HEADERS} header fields.`);
  }
  if (!isAllowedMethod(method)) {
    const headers = { Allow: ALLOWED_METHODS, Connection: 'close' };
    throw new HttpFault('method_not_allowed', `The methods are ${ALLOWED_METHODS}.`, { headers });
  }
  return next();
};

function findOddity({ httpVersion, headers, rawHeaders }: IncomingMessage, target: string): string | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'The version of HTTP is 1.1.';
  if (!TARGET.test(target)) return 'The target of the request must be a path, without a host or a fragment.';
  if (!isDecodable(target)) return 'The target of the request must be percent-encoded UTF-8.';
  const repeated = repeatedName(rawHeaders);
  if (repeated !== null) return `The header ${repeated} must be given only once.`;
  if (headers.host === undefined ? httpVersion === '1.1' : !HOST.test(headers.host)) {
    return 'The header Host must name a host.';
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    return 'The only Transfer-Encoding is chunked, in HTTP/1.1.';
  }
  return null;
}

/** The router would take what it cannot decode as it is written, and the query's reader would put U+FFFD into it. */
function isDecodable(target: string): boolean {
  if (!target.includes('%')) return true;
  try {
    decodeURIComponent(target);
    return true;
  } catch {
    return false;
  }
}

function repeatedName(rawHeaders: readonly string[]): string | null {
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const lower = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLE.has(lower)) continue;
    if (seen.includes(lower)) return lower;
    seen.push(lower);
  }
  return null;
}

function fault(code: 'bad_request' | 'headers_too_large', message: string): HttpFault {
  return new HttpFault(code, message, { headers: { Connection: 'close' } });
}
