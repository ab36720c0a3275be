import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * Keeps `Expect: 100-continue` until the body is wanted: who is refused for its token or its length need not send it.
 * An answer without asking ends the connection, as nobody knows then whether the body still comes (RFC 9110, 10.1.1).
 */
export function keepBodiesWaiting(server: Server): void {
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    waiting.set(req, res.setHeader('Connection', 'close'));
    server.emit('request', req, res);
  });
}

/** Tells a client that waits for it to send the body. */
export function askForBody(req: IncomingMessage): void {
  const res = waiting.get(req);
  if (res === undefined || res.headersSent) return;
  waiting.delete(req);
  res.removeHeader('Connection');
  res.writeContinue();
}
