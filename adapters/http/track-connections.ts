import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** The responses that a connection still owes, oldest first. */
  owed(socket: Socket): readonly ServerResponse[];
  /** Answers are the last of their connection from now on; what owes nothing is ended after `lingerMs`. */
  end(lingerMs: number): void;
}

/**
 * Node counts a connection that has not sent anything yet as busy, and keeps one alive whose request ends after
 * `server.close`: either would make stopping take its whole grace. So the requests in flight are counted here.
 */
export function trackConnections(server: Server): Connections {
  const inFlight = new Map<Socket, Set<ServerResponse>>();
  let ending = false;
  const endIfIdle = (socket: Socket): void => {
    if (ending && (inFlight.get(socket)?.size ?? 0) === 0) socket.end(() => socket.destroy());
  };
  server.on('connection', (socket: Socket) => {
    inFlight.set(socket, new Set());
    socket.once('close', () => inFlight.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    inFlight.get(socket)?.add(res);
    if (ending) sayLast(res);
    res.once('close', () => {
      inFlight.get(socket)?.delete(res);
      endIfIdle(socket);
    });
  });
  return {
    owed: (socket) => [...(inFlight.get(socket) ?? [])],
    end: (lingerMs) => {
      ending = true;
      for (const responses of inFlight.values()) responses.forEach(sayLast);
      setTimeout(() => {
        for (const socket of inFlight.keys()) endIfIdle(socket);
      }, lingerMs);
    },
  };
}

function sayLast(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}
