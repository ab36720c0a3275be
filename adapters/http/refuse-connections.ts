import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type PlainStatus, plainProblem, plainProblemBytes } from './plain-problem.ts';
import type { Connections } from './track-connections.ts';

/** Milliseconds that a client has to read why, before its connection is destroyed with what it still sends. */
const LINGER = 500;
/** A method as RFC 9110 (section 9.1) allows it, at the begin of a request. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} /;

const statuses: Readonly<Record<string, PlainStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** As node's parser throws it: `bytesParsed` is the offset into the packet at which it gave up. */
type ParseError = NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number };

export type Refuse = (socket: Socket, status: PlainStatus) => void;

/** Answers what node's parser refuses, and what never becomes a request, with a problem; then closes the connection. */
export function refuseConnections(server: Server, { owed }: Connections): Refuse {
  const refused = new WeakSet<Socket>();
  const refuse: Refuse = (socket, status) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const responses = owed(socket);
    // The request that broke off in its body is the last; answers before it keep their order.
    const broken = responses.find(({ req }) => !req.complete);
    if (broken !== undefined) answerBroken(broken, socket, status);
    else
      afterwards(responses, () => {
        end(socket, plainProblemBytes(status));
      });
  };
  server.on('clientError', (error: ParseError, stream) => {
    if (!(stream instanceof Socket)) return;
    if (isAnswered(error.code)) refuse(stream, statusOf(error));
    else stream.destroy();
  });
  // Node answers nothing where nobody listens.
  server.on('connect', ({ socket }: IncomingMessage) => {
    refuse(socket, 405);
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    refuse(socket, 417);
  });
  return refuse;
}

function answerBroken(res: ServerResponse, socket: Socket, status: PlainStatus): void {
  if (res.headersSent) {
    // It has its answer, or a part of one: there is nothing to add.
    if (res.writableEnded) end(socket, '');
    else socket.destroy();
    return;
  }
  const { headers, body } = plainProblem(status);
  // Whoever waits for the body learns that it will not come.
  res.once('finish', () => res.req.destroy());
  res.writeHead(status, headers).end(body);
}

function afterwards(responses: readonly ServerResponse[], then: () => void): void {
  let open = responses.length;
  if (open === 0) then();
  for (const res of responses) {
    res.once('close', () => {
      open -= 1;
      if (open === 0) then();
    });
  }
}

function end(socket: Socket, bytes: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(bytes);
  setTimeout(() => socket.destroy(), LINGER).unref();
}

/** Faults of the request, not of the connection. Who closes in the middle of a request waits for no answer. */
function isAnswered(code = ''): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' || (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE');
}

function statusOf({ code = '', rawPacket, bytesParsed = 0 }: ParseError): PlainStatus {
  if (code === 'HPE_INVALID_METHOD') {
    // The parser calls a method that it does not know what may as well be TLS, or noise.
    const bytes = rawPacket?.toString('latin1') ?? '';
    return METHOD.test(bytes.slice(bytes.lastIndexOf('\n', bytesParsed - 1) + 1)) ? 405 : 400;
  }
  return statuses[code] ?? 400;
}
