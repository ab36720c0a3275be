import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './track-connections.ts';

interface Bounds {
  /** Of all connections: files and memory of the process are bounded. */
  readonly most: number;
  /** Of those of one address. */
  readonly mostOfOne: number;
  /** By which they are counted; null for whom only the bound of all is. */
  readonly addressOf: (peer: string | undefined) => string | null;
}

/**
 * Makes room for a connection that is one too many by closing the one that has been idle for longest, of its own address
 * or of all: who keeps many open shuts nobody out. Where none is idle, the new one is closed.
 */
export function admitConnections(
  server: Server,
  { longestIdle }: Connections,
  { most, mostOfOne, addressOf }: Bounds,
): void {
  const all = new Map<Socket, string | null>();
  const byAddress = new Map<string, Set<Socket>>();
  const leave = (socket: Socket): void => {
    const address = all.get(socket) ?? null;
    all.delete(socket);
    if (address === null) return;
    const mine = byAddress.get(address);
    mine?.delete(socket);
    if (mine?.size === 0) byAddress.delete(address);
  };
  const hasRoom = (among: ReadonlySet<Socket> | ReadonlyMap<Socket, unknown>, bound: number): boolean => {
    if (among.size < bound) return true;
    const idle = longestIdle(among.keys());
    if (idle === null) return false;
    // At once: it closes later, and others may come before.
    leave(idle);
    idle.destroy();
    return true;
  };
  server.on('connection', (socket: Socket) => {
    const address = addressOf(socket.remoteAddress);
    const mine = address === null ? null : byAddress.get(address);
    if ((mine != null && !hasRoom(mine, mostOfOne)) || !hasRoom(all, most)) {
      socket.destroy();
      return;
    }
    all.set(socket, address);
    if (address !== null) byAddress.set(address, (byAddress.get(address) ?? new Set()).add(socket));
    socket.once('close', () => {
      leave(socket);
    });
  });
}
