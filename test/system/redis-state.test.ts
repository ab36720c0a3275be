import { type Server, type Socket, createServer } from 'node:net';
import { expect } from 'chai';
import { type RealServer, startRealServer } from '../support/real-server.ts';
import { until } from '../support/server-process.ts';

/** Redis's protocol, as far as a connection and a PING need it. */
interface FakeRedis {
  readonly url: string;
  readonly connections: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Takes commands, and answers them when it is released. */
  hold(): void;
  release(): void;
}

function makeFakeRedis(): FakeRedis {
  const sockets = new Set<Socket>();
  let connections = 0;
  let port = 0;
  let server: Server;
  let held: (() => void)[] | null = null;
  const fake: FakeRedis = {
    get url() {
      return `redis://127.0.0.1:${port}`;
    },
    get connections() {
      return connections;
    },
    start: () =>
      new Promise((resolve) => {
        server = createServer((socket) => {
          connections += 1;
          sockets.add(socket);
          socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
          socket.on('data', (data) => {
            // One array for each command: `*1\r\n$4\r\nPING\r\n`.
            for (const command of data
              .toString()
              .split(/\*\d+\r\n/)
              .slice(1)) {
              const answer = (): void => {
                if (command.startsWith('$5\r\nHELLO')) socket.write('%1\r\n$5\r\nproto\r\n:3\r\n');
                else socket.write(command.startsWith('$4\r\nPING') ? '+PONG\r\n' : '+OK\r\n');
              };
              if (held === null) answer();
              else held.push(answer);
            }
          });
        }).listen(port, '127.0.0.1', () => {
          const address = server.address();
          port = typeof address === 'object' && address !== null ? address.port : port;
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
    hold: () => {
      held = [];
    },
    release: () => {
      for (const answer of held ?? []) answer();
      held = null;
    },
  };
  return fake;
}

describe('what GET /health/ready says of Redis', () => {
  let redis: FakeRedis;
  let servers: RealServer[];
  beforeEach(async () => {
    servers = [];
    redis = makeFakeRedis();
    await redis.start();
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    await redis.stop();
  });

  const start = async (redisUrl?: string): Promise<() => Promise<unknown>> => {
    const server = await startRealServer(redisUrl === undefined ? {} : { redisUrl });
    servers.push(server);
    return async () => {
      const { status, body } = await server.call('GET', '/health/ready');
      // Requests are answered without Redis as well.
      expect({ status, ready: body.status }).to.deep.equal({ status: 200, ready: 'ready' });
      return body.cache;
    };
  };

  it('is memory where none is configured', async () => {
    const cache = await start();
    expect(await cache()).to.equal('memory');
    expect(redis.connections).to.equal(0);
  });

  it('is redis while it answers, from the first question on, over one connection', async () => {
    const cache = await start(redis.url);
    for (let count = 0; count < 3; count += 1) expect(await cache()).to.equal('redis');
    expect(redis.connections).to.equal(1);
  });

  it('is degraded while it is gone, and redis again when it is back', async () => {
    const cache = await start(redis.url);
    expect(await cache()).to.equal('redis');
    await redis.stop();
    expect(await cache()).to.equal('degraded');
    await redis.start();
    await until(async () => (await cache()) === 'redis');
  });

  it('is degraded when it never was there, and is told at once', async () => {
    const cache = await start('redis://127.0.0.1:1');
    expect(await cache()).to.equal('degraded');
  });

  it('is degraded while it stands still, and redis again when it answers', async () => {
    const cache = await start(redis.url);
    expect(await cache()).to.equal('redis');
    redis.hold();
    // It is told although Redis answers nothing.
    expect(await cache()).to.equal('degraded');
    redis.release();
    await until(async () => (await cache()) === 'redis');
  });
});
