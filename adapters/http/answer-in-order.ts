import type { ServerResponse } from 'node:http';
import type { Connections } from './track-connections.ts';

/** Nobody sends so many requests ahead of their answers; what waits for its turn is kept in memory. */
const MOST_AHEAD = 64;

/**
 * Handles the requests of a connection one after the other: they are answered in their order anyhow (RFC 9112, section
 * 9.3.2), and the answers to those that are sent ahead would wait in memory for the ones before them to be read.
 */
export function answerInOrder(res: ServerResponse, { owed }: Connections, handle: () => void): void {
  const { socket } = res.req;
  const all = owed(socket);
  if (all.length > MOST_AHEAD) {
    socket.destroy();
    return;
  }
  const before = all.at(-2);
  const inTurn = (): void => {
    // An answer before this one may have been the last.
    if (socket.writable) handle();
  };
  if (before === undefined) inTurn();
  else before.once('close', inTurn);
}
