import { type Server, createServer } from 'node:http';
import { Server as NetServer, isIPv6 } from 'node:net';
import type Koa from 'koa';
import { admitConnections } from './admit-connections.ts';
import { answerInOrder } from './answer-in-order.ts';
import { keepBodiesWaiting } from './awaited-body.ts';
import { cutUnreadAnswers } from './cut-unread-answers.ts';
import { listenFault } from './listen-fault.ts';
import { refuseConnections } from './refuse-connections.ts';
import { MAX_HEADERS } from './refuse-odd-requests.ts';
import { refuseSlowBodies } from './refuse-slow-bodies.ts';
import { trackConnections } from './track-connections.ts';

/**
 * Milliseconds. A head must be whole after five seconds, and so must the first one begin: who opens connections and is
 * silent would take them from others. A body's time is bounded by {@link refuseSlowBodies}, and in all by five minutes.
 * A load balancer keeps connections for 60 s as a rule; ours must outlive its, or it sends into closed ones.
 */
const limits = {
  headersTimeout: 5000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 500,
  maxHeaderSize: 16 * 1024,
  // Of a body that is not taken yet. Behind it Node waits for its reader, who comes once a turn, before it parses more.
  highWaterMark: 8 * 1024,
  // Node's own answer would be no problem+json; {@link refuseOddRequests} looks at the host.
  requireHostHeader: false,
} as const;
const SILENCE = 120_000;
const GRACE = 8_000;
/** So long a client may still send on a connection that it was told nothing about; its answer says that it is the last. */
const LINGER = 250;
const MAX_CONNECTIONS = 1000;
const MAX_OF_ONE_ADDRESS = 128;

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
  readonly maxConnections?: number;
  readonly maxOfOneAddress?: number;
  /** By which connections are counted; null for whom only the bound of all is, as it is for everybody by default. */
  readonly addressOf?: (peer: string | undefined) => string | null;
}

/** Listens. @throws DomainError that says what to do where it cannot */
export async function startHttpServer(
  app: Koa,
  { host, port, maxConnections, maxOfOneAddress, addressOf = () => null }: Address,
): Promise<HttpServer> {
  const handle = app.callback();
  const server = createServer(limits, (req, res) => {
    answerInOrder(res, connections, () => {
      void handle(req, res);
    });
  });
  // Node leaves out what is more, in silence: one more than is allowed lets it be seen.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.timeout = SILENCE;
  const connections = trackConnections(server);
  const [most, mostOfOne] = [maxConnections ?? MAX_CONNECTIONS, maxOfOneAddress ?? MAX_OF_ONE_ADDRESS];
  admitConnections(server, connections, { most, mostOfOne, addressOf });
  cutUnreadAnswers(server);
  const refuse = refuseConnections(server, connections);
  refuseSlowBodies(server, refuse);
  keepBodiesWaiting(server);
  await listen(server, host, port);
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  let stopped: Promise<void> | null = null;
  return {
    url: `http://${reachable(host)}:${taken}`,
    port: taken,
    stop: () => (stopped ??= close(server, connections.end)),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenFault(host, port, error));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function close(server: Server, endConnections: (lingerMs: number) => void): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.closeAllConnections();
    }, GRACE);
    // Not http's own close: that cuts connections kept alive at once, and with them a request that is on its way.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(force);
      resolve();
    });
    endConnections(LINGER);
  });
}

/** The address to call where all addresses are listened on. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
