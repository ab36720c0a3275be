import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds in which a client must have taken something of what is written for it. */
const PATIENCE = 10_000;
const INTERVAL = 500;

interface Progress {
  readonly taken: number;
  readonly at: number;
}

/**
 * Cuts off who reads nothing of an answer: what is not read is kept in memory. Node's own timeout on a silent connection
 * begins anew with each byte that the client sends.
 */
export function cutUnreadAnswers(server: Server, patience = PATIENCE): void {
  const open = new Map<Socket, Progress>();
  server.on('connection', (socket: Socket) => {
    open.set(socket, { taken: 0, at: performance.now() });
    socket.once('close', () => open.delete(socket));
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, before] of open) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken !== before.taken) open.set(socket, { taken, at: now });
      else if (now - before.at >= patience) socket.destroy();
    }
  }, INTERVAL);
  timer.unref();
  server.once('close', () => {
    clearInterval(timer);
  });
}
