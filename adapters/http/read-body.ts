import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { MAX_DEPTH } from '../operations/find-hazards.ts';
import { askForBody } from './awaited-body.ts';
import { findJsonFault } from './find-json-fault.ts';
import { findRepeatedKey } from './find-repeated-key.ts';
import { HttpFault } from './http-fault.ts';

const MAX_BYTES = 1024 * 1024;
/** Of whom nothing is known yet: what logs in and registers is short, whatever its characters are escaped as. */
export const MAX_STRANGERS_BYTES = 64 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The client went away before its body was here: nobody is at fault, and nobody waits for an answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * The JSON object that the request carries, in at most `maxBytes`; an empty one when it carries nothing.
 * @throws HttpFault, RequestAborted
 */
export async function readBody(req: IncomingMessage, maxBytes = MAX_BYTES): Promise<object> {
  if (!hasBody(req.headers)) return {};
  expectJson(req.headers);
  const bytes = await readBytes(req, maxBytes);
  return bytes.length === 0 ? {} : parseObject(bytes);
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function expectJson(headers: IncomingHttpHeaders): void {
  if (!isJson(headers['content-type'] ?? '')) {
    throw new HttpFault('unsupported_media_type', 'Send the body as application/json, in UTF-8.');
  }
  if ((headers['content-encoding'] ?? 'identity').trim().toLowerCase() !== 'identity') {
    throw new HttpFault('unsupported_media_type', 'Send the body without a Content-Encoding.');
  }
}

function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  return (
    type.trim() === 'application/json' &&
    parameters.every((parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*("?)utf-8\1\s*$/.test(parameter))
  );
}

async function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const length = req.headers['content-length'] ?? null;
  if (length === null || Number(length) <= maxBytes) askForBody(req);
  try {
    return await getRawBody(req, { limit: maxBytes, length });
  } catch (error) {
    const type = error instanceof Error && 'type' in error ? error.type : null;
    if (type === 'entity.too.large') {
      // What still comes is read and dropped, until the server's request timeout: a client that is cut off while it
      // sends often does not read the answer.
      req.resume();
      throw new HttpFault('body_too_large', `The body is larger than ${maxBytes} bytes.`);
    }
    if (type === 'request.aborted' || type === 'request.size.invalid' || req.destroyed) {
      throw new RequestAborted('The client closed the connection before the end of its body.', { cause: error });
    }
    throw error;
  }
}

function parseObject(bytes: Buffer): object {
  const text = decode(bytes);
  const value = parse(text);
  const repeated = findRepeatedKey(text, MAX_DEPTH);
  if (repeated !== null)
    throw invalidJson(`must not have a key twice in one object: look at ${placeOf(text, repeated)}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidJson('must be a JSON object');
  return value;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidJson('must be encoded in UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson(describeFault(text));
  }
}

function describeFault(text: string): string {
  const at = findJsonFault(text);
  if (at >= text.length) return 'must be valid JSON: it ends too soon';
  return `must be valid JSON: look at ${placeOf(text, at)}`;
}

function placeOf(text: string, at: number): string {
  const line = text.slice(0, at).split('\n').length;
  return `line ${line}, column ${at - text.lastIndexOf('\n', at - 1)}`;
}

function invalidJson(message: string): HttpFault {
  return new HttpFault('invalid_json', `The body ${message}.`, { details: [{ field: '', message }] });
}
