import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import { MAX_BYTES, UnreadableText, readJson } from '../operations/read-json.ts';
import { BODY_TYPE } from './allowed-methods.ts';
import { askForBody } from './awaited-body.ts';
import { HttpFault } from './http-fault.ts';

/** Of whom nothing is known yet: what logs in and registers is short, whatever its characters are escaped as. */
export const MAX_STRANGERS_BYTES = 64 * 1024;

/** Bytes that chunks may take around a short body. */
const CHUNK_SLACK = 64 * 1024;

/** The client went away before its body was here: nobody is at fault, and nobody waits for an answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * The JSON object that the request carries, in at most `maxBytes`; an empty one when it carries nothing.
 * @throws HttpFault, RequestAborted; DomainError as readJson
 */
export async function readBody(req: IncomingMessage, maxBytes = MAX_BYTES): Promise<object> {
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  if (!isChunked) {
    if (Number(req.headers['content-length'] ?? 0) === 0) return {};
    expectJson(req);
  }
  const bytes = await readBytes(req, maxBytes);
  if (bytes.length === 0) return {};
  // Of what comes in chunks only its end tells whether there is anything.
  if (isChunked) expectJson(req);
  return parseObject(bytes);
}

/** The answer names what is taken (RFC 9110, section 15.5.16; RFC 5789, section 2.2). @throws HttpFault */
function expectJson({ headers, method }: IncomingMessage): void {
  if (!isJson(headers['content-type'] ?? '')) {
    throw new HttpFault('unsupported_media_type', `Send the body as ${BODY_TYPE}, in UTF-8.`, {
      headers: {
        Accept: BODY_TYPE,
        ...(method === 'PATCH' && { 'Accept-Patch': BODY_TYPE }),
        ...(method === 'POST' && { 'Accept-Post': BODY_TYPE }),
      },
    });
  }
  if ((headers['content-encoding'] ?? 'identity').trim().toLowerCase() !== 'identity') {
    throw new HttpFault(
      'unsupported_media_type',
      'Send the body as it is: no Content-Encoding but identity is taken.',
      {
        headers: { 'Accept-Encoding': 'identity' },
      },
    );
  }
}

function isJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  return (
    type.trim() === BODY_TYPE &&
    parameters.every((parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*("?)utf-?8\1\s*$/.test(parameter))
  );
}

async function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(req, maxBytes);
  askForBody(req);
  const bytes = await collect(req, maxBytes);
  if (bytes === null) throw tooLarge(req, maxBytes);
  return bytes;
}

/**
 * All that comes; null as soon as it is too much. Once a turn it takes what has come, as one piece: a megabyte in chunks of
 * a byte would else be a million buffers, which take a hundred times its room, and Node would parse all of it in one turn.
 * @throws HttpFault where chunks are so small that nobody but who means harm sends them: each costs a call
 */
function collect(req: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const before = req.socket.bytesRead;
    let length = 0;
    let turn: NodeJS.Immediate | null = null;
    const awaitTurn = (): void => {
      turn ??= setImmediate(take);
    };
    const take = (): void => {
      turn = null;
      const piece: unknown = req.read();
      if (!(piece instanceof Buffer)) return;
      length += piece.length;
      pieces.push(piece);
      // Of a body that goes on, nothing else can have come behind it.
      const isCutSmall = !req.complete && req.socket.bytesRead - before > 2 * length + CHUNK_SLACK;
      if (length <= maxBytes && !isCutSmall) return;
      req.off('readable', awaitTurn);
      pieces.length = 0;
      if (isCutSmall) reject(smallChunks());
      else resolve(null);
    };
    req.on('readable', awaitTurn);
    finished(req, { writable: false }, (error) => {
      if (error == null) resolve(Buffer.concat(pieces));
      else reject(new RequestAborted('The client closed the connection before the end of its body.', { cause: error }));
    });
  });
}

/** What comes behind it is not read. */
function smallChunks(): HttpFault {
  return new HttpFault('bad_request', 'Send the body in larger chunks, or with a Content-Length.', {
    headers: { Connection: 'close' },
  });
}

/** What still comes is read and dropped, within the server's limits: who is cut off while it sends often reads no answer. */
function tooLarge(req: IncomingMessage, maxBytes: number): HttpFault {
  req.resume();
  return new HttpFault('body_too_large', `The body is larger than ${maxBytes} bytes.`);
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
