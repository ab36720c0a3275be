import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Of the 16 databases of a Redis, the one that tests may empty. */
export const TEST_DATABASE = '/15';

/** A wire to Redis that can be cut, and held still as if the process at its end were stopped. */
export interface Wire {
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
  hold(): void;
  release(): void;
}

export async function layWire(target: string): Promise<Wire> {
  const { hostname, port, username, password } = new URL(target);
  const sockets = new Set<Socket>();
  let isHeld = false;
  let server: Server;
  let at = 0;
  const listen = (): Promise<void> =>
    new Promise((resolve) => {
      server = createServer((near) => {
        const far = connect(Number(port === '' ? 6379 : port), hostname);
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => undefined);
          socket.on('close', () => {
            near.destroy();
            far.destroy();
            sockets.delete(socket);
          });
          if (isHeld) socket.pause();
        }
        near.on('data', (chunk) => far.write(chunk));
        far.on('data', (chunk) => near.write(chunk));
        if (isHeld) near.pause();
      });
      server.listen(at, '127.0.0.1', () => {
        const address: AddressInfo | string | null = server.address();
        if (typeof address === 'object' && address !== null) at = address.port;
        resolve();
      });
    });
  await listen();
  const credentials = password === '' ? '' : `${username}:${password}@`;
  return {
    url: `redis://${credentials}127.0.0.1:${at}${TEST_DATABASE}`,
    cut: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
    mend: listen,
    hold: () => {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release: () => {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
