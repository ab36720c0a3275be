import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { makePeerAddress } from './client-address.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

const LOOPBACK = ['127.0.0.1', '127.0.0.2', '127.0.0.3'] as const;

describe('connections', () => {
  let server: HttpServer | null = null;
  let sockets: Socket[] = [];
  let gate = Promise.withResolvers<null>();
  let slow = 0;
  afterEach(async () => {
    gate.resolve(null);
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await server?.stop();
    server = null;
  });

  /** Answers `/slow` when the gate opens, and everything else at once. */
  async function start(bounds: Partial<Parameters<typeof startHttpServer>[1]>): Promise<void> {
    gate = Promise.withResolvers<null>();
    slow = 0;
    const app = new Koa();
    app.silent = true;
    app.use(async (ctx) => {
      if (ctx.path === '/slow') {
        slow += 1;
        await gate.promise;
      }
      ctx.body = ctx.path;
    });
    server = await startHttpServer(app, { host: '0.0.0.0', port: 0, ...bounds });
  }

  async function open(localAddress: string = LOOPBACK[0]): Promise<Socket> {
    const socket = connect({ port: server?.port ?? 0, host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }
  const write = (socket: Socket, path: string): void => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  };
  /** Whether it is answered, or closed. */
  const outcome = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      if (socket.destroyed) resolve('closed');
      socket.once('data', () => {
        resolve('answered');
      });
      socket.once('close', () => {
        resolve('closed');
      });
    });
  const ask = (socket: Socket, path = '/'): Promise<string> => {
    const found = outcome(socket);
    write(socket, path);
    return found;
  };
  /** Resolves when so many requests for `/slow` have come. */
  const busyWith = async (count: number): Promise<void> => {
    while (slow < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const everyone = { addressOf: makePeerAddress([]) };

  it('are counted by address: the one of it that was idle for longest makes room', async () => {
    await start({ ...everyone, maxOfOneAddress: 3 });
    const [first, second, third] = [await open(), await open(), await open()];
    // Whoever asks is idle no longer: the second is the one that has done nothing for longest.
    expect(await ask(first)).to.equal('answered');
    const closed = outcome(second);
    const fourth = await open();
    expect(await closed).to.equal('closed');
    for (const socket of [first, third, fourth]) expect(await ask(socket)).to.equal('answered');
  });

  it('a thousand idle ones of one address shut neither others nor their own address out', async () => {
    await start(everyone);
    const other = await open(LOOPBACK[1]);
    expect(await ask(other)).to.equal('answered');
    for (let count = 0; count < 10; count += 1) await Promise.all(Array.from({ length: 100 }, () => open()));
    expect(await ask(other)).to.equal('answered');
    expect(await ask(await open(LOOPBACK[1]))).to.equal('answered');
    expect(await ask(await open())).to.equal('answered');
    let left = 1000;
    while (left > 128) {
      await new Promise((resolve) => setImmediate(resolve));
      left = sockets.filter((socket) => !socket.destroyed && socket.localAddress === LOOPBACK[0]).length;
    }
  });

  it('that are all busy are kept, and the one that is too many is closed', async () => {
    await start({ ...everyone, maxOfOneAddress: 2 });
    const busy = [await open(), await open()].map((socket) => ask(socket, '/slow'));
    await busyWith(2);
    expect(await ask(await open(LOOPBACK[1]))).to.equal('answered');
    expect(await ask(await open())).to.equal('closed');
    gate.resolve(null);
    expect(await Promise.all(busy)).to.deep.equal(['answered', 'answered']);
    expect(await ask(await open())).to.equal('answered');
  });

  it('of all addresses have a bound too, and make room likewise', async () => {
    await start({ ...everyone, maxConnections: 3 });
    const [first, second, third] = [await open(LOOPBACK[0]), await open(LOOPBACK[1]), await open(LOOPBACK[2])];
    const busy = ask(first, '/slow');
    await busyWith(1);
    expect(await ask(third)).to.equal('answered');
    const closed = outcome(second);
    expect(await ask(await open(LOOPBACK[1]))).to.equal('answered');
    expect(await closed).to.equal('closed');
    gate.resolve(null);
    expect(await busy).to.equal('answered');
  });

  it('of a trusted proxy, and of everybody where nothing is counted, are bound by those of all alone', async () => {
    const trusted = makePeerAddress([{ address: '127.0.0.1', prefix: 32 }]);
    for (const addressOf of [trusted, () => null]) {
      await start({ addressOf, maxOfOneAddress: 2, maxConnections: 10 });
      const busy: Promise<string>[] = [];
      for (let count = 0; count < 10; count += 1) busy.push(ask(await open(), '/slow'));
      await busyWith(10);
      expect(await ask(await open())).to.equal('closed');
      gate.resolve(null);
      expect(new Set(await Promise.all(busy))).to.deep.equal(new Set(['answered']));
      await server?.stop();
    }
  });

  it('that went by themselves leave room', async () => {
    await start({ ...everyone, maxOfOneAddress: 1, maxConnections: 1 });
    for (let count = 0; count < 20; count += 1) {
      const socket = await open();
      expect(await ask(socket, '/')).to.equal('answered');
      socket.destroy();
    }
  });
});

describe('the address by which connections are counted', () => {
  const addressOf = makePeerAddress([
    { address: '10.0.0.0', prefix: 8 },
    { address: 'fd00::', prefix: 8 },
  ]);

  it('is an IPv4 address, or a /64 of IPv6, and none for a proxy of ours', () => {
    expect(addressOf('203.0.113.5')).to.equal('203.0.113.5');
    expect(addressOf('::ffff:203.0.113.5')).to.equal('203.0.113.5');
    expect(addressOf('2001:db8:0:1::1')).to.equal('2001:db8:0:1::/64');
    expect(addressOf('2001:db8:0:1:ffff::2')).to.equal('2001:db8:0:1::/64');
    expect(addressOf('2001:db8:0:2::1')).to.equal('2001:db8:0:2::/64');
    expect(addressOf('fe80::1%eth0')).to.equal('fe80:0:0:0::/64');
    for (const proxy of ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1']) expect(addressOf(proxy), proxy).to.equal(null);
    expect(addressOf(undefined)).to.equal('unknown');
  });
});
