import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { ALLOWED_METHODS } from './allowed-methods.ts';

/** What goes wrong before there is a request that the app could answer. */
const faults = {
  400: { code: 'bad_request', detail: 'This is no well-formed HTTP request.' },
  405: { code: 'method_not_allowed', detail: `The methods are ${ALLOWED_METHODS}.` },
  408: { code: 'request_timeout', detail: 'The request came too slowly. Send it again.' },
  413: { code: 'body_too_large', detail: 'The extensions of the chunks are too large.' },
  417: { code: 'expectation_failed', detail: 'The only expectation that is met is 100-continue.' },
  431: { code: 'headers_too_large', detail: 'The head of the request is larger than 16 KiB.' },
} as const;

export type PlainStatus = keyof typeof faults;

interface PlainProblem {
  readonly status: PlainStatus;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A problem without the app: nothing of the request is known for certain, so nothing of it is told. */
export function plainProblem(status: PlainStatus): PlainProblem {
  const { code, detail } = faults[status];
  const requestId = randomUUID();
  const type = `urn:lazy-foundry:problem:${code}`;
  const errors = status === 400 ? { errors: [] } : {};
  const body = JSON.stringify({ type, title: STATUS_CODES[status], status, detail, code, requestId, ...errors });
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'x-request-id': requestId,
    Vary: 'Origin',
    ...(status === 405 && { Allow: ALLOWED_METHODS }),
    Connection: 'close',
  };
  return { status, headers, body };
}

/** The same, as the bytes of a response. */
export function plainProblemBytes(status: PlainStatus): string {
  const { headers, body } = plainProblem(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
