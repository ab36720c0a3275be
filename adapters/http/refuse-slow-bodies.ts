import type { IncomingMessage, Server } from 'node:http';
import type { Refuse } from './refuse-connections.ts';

/**
 * Milliseconds without any demand, then bytes a second on average: 1 MiB may take a minute, a body that trickles is
 * gone after five seconds. A limit on the whole time alone would either let it trickle or cut off honest uploads.
 */
const PATIENCE = 5000;
const BYTES_PER_SECOND = 16 * 1024;
const INTERVAL = 500;

/** Cuts off whoever sends a body more slowly than anybody does who has one to send. */
export function refuseSlowBodies(server: Server, refuse: Refuse): void {
  server.prependListener('request', (req: IncomingMessage) => {
    if (Number(req.headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in req.headers) watch(req, refuse);
  });
}

function watch(req: IncomingMessage, refuse: Refuse): void {
  const { socket } = req;
  const before = socket.bytesRead;
  let allowed = PATIENCE;
  let last = performance.now();
  const look = (): void => {
    if (req.complete || socket.destroyed) return;
    const elapsed = performance.now() - last;
    last += elapsed;
    // While nobody reads what is there, the delay is our own.
    const ours = req.readableFlowing !== true && req.readableLength > 0;
    allowed -= ours ? 0 : elapsed;
    if (allowed + (1000 * (socket.bytesRead - before)) / BYTES_PER_SECOND < 0) refuse(socket, 408);
    else setTimeout(look, INTERVAL).unref();
  };
  setTimeout(look, INTERVAL).unref();
}
