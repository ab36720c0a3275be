import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** The responses that a connection still owes, oldest first. */
  owed(socket: Socket): readonly ServerResponse[];
  /** The one of these that has owed nothing for longest; null where each owes something. */
  longestIdle(among: Iterable<Socket>): Socket | null;
  /** Answers are the last of their connection from now on; what owes nothing is ended after `lingerMs`. */
  end(lingerMs: number): void;
}

/**
 * Node counts a connection that has not sent anything yet as busy, and keeps one alive whose request ends after
 * `server.close`: either would make stopping take its whole grace. So the requests in flight are counted here.
 */
export function trackConnections(server: Server): Connections {
  const inFlight = new Map<Socket, Set<ServerResponse>>();
  /** When each began to owe nothing; it may do so no more. */
  const idleSince = new WeakMap<Socket, number>();
  let ending = false;
  const endIfIdle = (socket: Socket): void => {
    if (ending && (inFlight.get(socket)?.size ?? 0) === 0) socket.end(() => socket.destroy());
  };
  server.on('connection', (socket: Socket) => {
    inFlight.set(socket, new Set());
    idleSince.set(socket, performance.now());
    socket.once('close', () => inFlight.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    inFlight.get(socket)?.add(res);
    if (ending) sayLast(res);
    res.once('close', () => {
      inFlight.get(socket)?.delete(res);
      idleSince.set(socket, performance.now());
      endIfIdle(socket);
    });
  });
  return {
    owed: (socket) => [...(inFlight.get(socket) ?? [])],
    longestIdle: (among) => {
      let longest: Socket | null = null;
      let since = Infinity;
      for (const socket of among) {
        const at = idleSince.get(socket) ?? 0;
        if (at >= since || (inFlight.get(socket)?.size ?? 0) > 0) continue;
        longest = socket;
        since = at;
      }
      return longest;
    },
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
