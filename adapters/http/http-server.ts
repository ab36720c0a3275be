import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Socket, isIPv6 } from 'node:net';
import type Koa from 'koa';

/** Milliseconds. A load balancer keeps connections for 60 s as a rule; ours must outlive its, or it sends into closed ones. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
} as const;
const MAX_HEADERS = 100;
const SILENCE = 120_000;
const GRACE = 8_000;

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets the requests in flight end, and cuts off what remains after 8 s. */
  stop(): Promise<void>;
}

interface Address {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Listens. @throws Error that says what to do when the port is taken */
export async function startHttpServer(app: Koa, { host, port }: Address): Promise<HttpServer> {
  const handle = app.callback();
  const server = createServer(limits, (req, res) => {
    void handle(req, res);
  });
  server.maxHeadersCount = MAX_HEADERS;
  server.timeout = SILENCE;
  const endConnections = trackConnections(server);
  await listen(server, host, port);
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  let stopped: Promise<void> | null = null;
  return {
    url: `http://${reachable(host)}:${taken}`,
    port: taken,
    stop: () => (stopped ??= close(server, endConnections)),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(host, port, error) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function portTaken(host: string, port: number, cause: Error): Error {
  const advice = 'Choose another with PORT or --port, or stop what listens there.';
  return new Error(`Port ${port} of ${host} is already in use. ${advice}`, { cause });
}

function close(server: Server, endConnections: () => void): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.closeAllConnections();
    }, GRACE);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    endConnections();
  });
}

/**
 * Node counts a connection that has not sent anything yet as busy, and keeps one alive whose request ends after
 * `server.close`: either would make stopping take its whole grace. So the requests in flight are counted here.
 * The function returned ends each connection as soon as it has none.
 */
function trackConnections(server: Server): () => void {
  const inFlight = new Map<Socket, Set<ServerResponse>>();
  let ending = false;
  const endIfIdle = (socket: Socket): void => {
    if (ending && (inFlight.get(socket)?.size ?? 0) === 0) socket.end(() => socket.destroy());
  };
  server.on('connection', (socket: Socket) => {
    inFlight.set(socket, new Set());
    socket.once('close', () => inFlight.delete(socket));
    endIfIdle(socket);
  });
  server.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    inFlight.get(socket)?.add(res);
    if (ending) sayLast(res);
    res.once('close', () => {
      inFlight.get(socket)?.delete(res);
      endIfIdle(socket);
    });
  });
  return () => {
    ending = true;
    for (const [socket, responses] of inFlight) {
      responses.forEach(sayLast);
      endIfIdle(socket);
    }
  };
}

function sayLast(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}

/** The address to call where all addresses are listened on. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
