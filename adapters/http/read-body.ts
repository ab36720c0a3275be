import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { MAX_BYTES, UnreadableText, readJson } from '../operations/read-json.ts';
import { askForBody } from './awaited-body.ts';
import { HttpFault } from './http-fault.ts';

/** Of whom nothing is known yet: what logs in and registers is short, whatever its characters are escaped as. */
export const MAX_STRANGERS_BYTES = 64 * 1024;

/** The client went away before its body was here: nobody is at fault, and nobody waits for an answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * The JSON object that the request carries, in at most `maxBytes`; an empty one when it carries nothing.
 * @throws HttpFault, RequestAborted; DomainError as readJson
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
  try {
    return readJson(bytes);
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    const { message } = error;
    throw new HttpFault('invalid_json', `The body ${message}.`, { details: [{ field: '', message }] });
  }
}
