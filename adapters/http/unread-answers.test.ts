import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import { answerInPieces } from './answer-in-pieces.ts';
import { answerErrors } from './answer-errors.ts';
import { locateClient } from './client-address.ts';
import type { HttpState } from './http-context.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { limitInFlight } from './limit-in-flight.ts';
import { traceRequest } from './trace-request.ts';

const MIB = 1024 * 1024;
/** More than any system keeps between a writer and who does not read. */
const HUGE = 32 * MIB;
const TRUSTED = [{ address: '127.0.0.1', prefix: 32 }];

describe('answers that nobody reads', () => {
  let server: HttpServer;
  let handled: string[] = [];
  let sockets: Socket[] = [];

  async function start({ mostUnread = 16 * HUGE, mostInFlight = 1000 } = {}): Promise<void> {
    handled = [];
    const app = new Koa<HttpState, object>();
    app.silent = true;
    app.use(answerInPieces(mostUnread));
    app.use(traceRequest(() => 'new'));
    app.use(locateClient(TRUSTED, { warn: () => undefined }));
    app.use(answerErrors(() => undefined));
    app.use(limitInFlight((address) => address === '127.0.0.1', mostInFlight));
    app.use((ctx) => {
      handled.push(ctx.url);
      ctx.type = 'text/plain';
      ctx.body = Buffer.alloc(Number(ctx.query.bytes ?? 2), ctx.path.slice(1, 2));
    });
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  }
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    await server.stop();
  });

  /** A connection of this client, as a trusted proxy tells of it, which reads nothing until it is told to. */
  const open = (): Socket => {
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket.on('error', () => undefined).pause());
    return socket;
  };
  const head = (path: string, client: string, more = ''): string =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${client}\r\n${more}\r\n`;
  const LAST = 'Connection: close\r\n';
  const get = (path: string, client = '198.51.100.9'): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { 'X-Forwarded-For': client, Connection: 'close' };
      request(`${server.url}${path}`, { headers }, resolve).on('error', reject).end();
    });
  const lengthOf = async (response: IncomingMessage): Promise<number> => {
    let length = 0;
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) length += chunk.length;
    return length;
  };
  const handledAll = async (count: number): Promise<void> => {
    while (handled.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  /** What it is answered, once it reads. */
  const readAll = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).resume();
    if (!socket.closed) await once(socket, 'close');
    return text;
  };

  it('are whole for who reads them, of whatever length', async () => {
    await start();
    for (const bytes of [0, 1, 65_535, 65_536, 65_537, 131_072, 3 * MIB + 1]) {
      const response = await get(`/a?bytes=${bytes}`);
      expect([response.headers['content-length'], await lengthOf(response)]).to.deep.equal([String(bytes), bytes]);
      expect(response.headers['content-type']).to.include('text/plain');
    }
  });

  it('are cut off after 10 seconds, whatever the client sends meanwhile, and not where it reads some', async function () {
    this.timeout(60_000);
    await start();
    const silent = open();
    silent.write(head(`/a?bytes=${HUGE}`, '198.51.100.1'));
    const chatty = open();
    chatty.write(head(`/b?bytes=${HUGE}`, '198.51.100.1'));
    const ahead = open();
    ahead.write(head(`/c?bytes=${HUGE}`, '198.51.100.1').repeat(20));
    const slow = open();
    slow.write(head(`/d?bytes=${HUGE}`, '198.51.100.1'));
    const closed = [silent, chatty, ahead].map((socket) => {
      // A socket that reads nothing does not see its end either: writing does.
      let isOver = false;
      socket.once('close', () => (isOver = true));
      return () => isOver;
    });
    await handledAll(4);
    const begun = performance.now();
    while (closed.some((isOver) => !isOver())) {
      for (const socket of [silent, chatty, ahead]) {
        if (performance.now() - begun > 12_000 || socket === chatty) socket.write('GET / HTTP/1.1\r\n');
      }
      for (let read = 0; read < 4 * MIB;) {
        const chunk: unknown = slow.read();
        if (!Buffer.isBuffer(chunk)) break;
        read += chunk.length;
      }
      await sleep(200);
    }
    expect(performance.now() - begun).to.be.at.least(9_000);
    expect(slow.destroyed).to.equal(false);
    // What came behind an answer that was never read was never begun.
    expect(handled.filter((url) => url.startsWith('/c'))).to.have.length(1);
    expect((await get('/e')).statusCode).to.equal(200);
  });

  it('have a bound over all connections: who has most of them loses its oldest, and nobody else', async function () {
    this.timeout(60_000);
    await start({ mostUnread: 4 * HUGE });
    const other = get(`/o?bytes=${HUGE}`, '198.51.100.2');
    await handledAll(1);
    const hoarder: Socket[] = [];
    for (let count = 0; count < 7; count += 1) {
      const socket = open();
      hoarder.push(socket);
      socket.write(head(`/h?bytes=${HUGE}`, '198.51.100.1', LAST));
      await handledAll(count + 2);
    }
    const lengths = hoarder.map(async (socket) => (await readAll(socket)).length);
    // Those that were given up end too soon; three of the hoarder's and the other's are within the bound.
    const found = (await Promise.all(lengths)).map((length) => length > HUGE);
    expect(found).to.deep.equal([...Array.from({ length: 4 }, () => false), true, true, true]);
    expect(await lengthOf(await other)).to.equal(HUGE);
  });

  it('free what they held when they were read, or when their reader is gone', async () => {
    await start({ mostUnread: HUGE });
    for (let count = 0; count < 4; count += 1) expect(await lengthOf(await get(`/a?bytes=${HUGE}`))).to.equal(HUGE);
    const gone = open();
    gone.write(head(`/a?bytes=${HUGE}`, '198.51.100.1'));
    await handledAll(5);
    gone.destroy();
    expect(await lengthOf(await get(`/a?bytes=${HUGE}`))).to.equal(HUGE);
  });

  it('count as in flight, by client, behind a trusted proxy, whose own requests are not counted', async () => {
    await start({ mostInFlight: 3 });
    const hoard: Socket[] = [];
    for (let count = 0; count < 3; count += 1) {
      const socket = open();
      hoard.push(socket);
      socket.write(head(`/a?bytes=${HUGE}`, `2001:db8::${count}`));
    }
    await handledAll(3);
    const refused = await get('/b', '2001:db8::ffff');
    expect([refused.statusCode, refused.headers['retry-after']]).to.deep.equal([429, '1']);
    expect(handled).to.have.length(3);
    expect((await get('/b', '2001:db8:0:1::1')).statusCode).to.equal(200);
    for (let count = 0; count < 5; count += 1) {
      const socket = open();
      hoard.push(socket);
      socket.write(`GET /p?bytes=${HUGE} HTTP/1.1\r\nHost: x\r\n\r\n`);
    }
    await handledAll(9);
    hoard[0]?.destroy();
    let status: number | undefined;
    while (status !== 200) status = (await get('/b', '2001:db8::ffff')).statusCode;
  });

  it('to requests that are sent ahead are made one after the other, in order', async () => {
    await start();
    const socket = open();
    const last = (at: number): string => (at === 19 ? LAST : '');
    socket.write(
      Array.from({ length: 20 }, (_, at) => head(`/a?at=${at}&bytes=${MIB}`, '198.51.100.1', last(at))).join(''),
    );
    await handledAll(1);
    // What fits into the system's buffers is sent; of the rest no answer is made.
    await sleep(500);
    expect(handled.length).to.be.below(20);
    expect((await readAll(socket)).length).to.be.above(20 * MIB);
    expect(handled).to.deep.equal(Array.from({ length: 20 }, (_, at) => `/a?at=${at}&bytes=${MIB}`));
  });

  it('are not made for who sends hundreds ahead: the connection ends', async () => {
    await start();
    const socket = open();
    socket.write(head(`/a?bytes=${HUGE}`, '198.51.100.1') + head('/b', '198.51.100.1').repeat(500));
    const answer = await readAll(socket);
    expect(answer.length).to.be.below(HUGE);
    expect(handled.filter((url) => url === '/b')).to.deep.equal([]);
  });
});
