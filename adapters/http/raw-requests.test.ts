import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import { ALLOWED_METHODS } from './allowed-methods.ts';
import { answerErrors } from './answer-errors.ts';
import type { HttpState } from './http-context.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { readBody } from './read-body.ts';
import { refuseOddRequests } from './refuse-odd-requests.ts';
import { traceRequest } from './trace-request.ts';

const HOST = 'Host: x\r\n';
const LAST = `${HOST}Connection: close\r\n\r\n`;
const JSON_TYPE = 'Content-Type: application/json\r\n';
const chunkedTo = (path: string): string =>
  `POST ${path} HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`;
const fields = (count: number): string => Array.from({ length: count }, (_, index) => `x-${index}: a\r\n`).join('');

/** What is written, and the statuses of what comes back until the server closes; none where it answers nothing. */
const corpus: Readonly<Record<string, readonly [bytes: string, ...statuses: number[]]>> = {
  'a sound request': [`GET / HTTP/1.1\r\n${LAST}`, 200],
  'empty lines before it': [`\r\n\r\nGET / HTTP/1.1\r\n${LAST}`, 200],
  'HTTP/1.0 without a host': ['GET / HTTP/1.0\r\n\r\n', 200],
  'a host with a port': ['GET / HTTP/1.1\r\nHost: x:3001\r\nConnection: close\r\n\r\n', 200],
  'an IPv6 host': ['GET / HTTP/1.1\r\nHost: [::1]:3001\r\nConnection: close\r\n\r\n', 200],
  'a chunked body': [`POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${LAST}2\r\n{}\r\n0\r\n\r\n`, 200],
  'Chunked in another case': [`POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n${LAST}0\r\n\r\n`, 200],
  'an upgrade that nobody offers': [`GET / HTTP/1.1\r\nUpgrade: websocket\r\n${LAST}`, 200],
  'a hundred header fields': [`GET / HTTP/1.1\r\n${fields(98)}${LAST}`, 200],

  TRACE: [`TRACE / HTTP/1.1\r\n${LAST}`, 405],
  CONNECT: [`CONNECT x:443 HTTP/1.1\r\n${LAST}`, 405],
  PROPFIND: [`PROPFIND / HTTP/1.1\r\n${LAST}`, 405],
  'a method that nobody knows': [`FOO / HTTP/1.1\r\n${LAST}`, 405],
  'a method in lower case': [`get / HTTP/1.1\r\n${LAST}`, 405],

  'no host': ['GET / HTTP/1.1\r\n\r\n', 400],
  'two hosts': [`GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  'an empty host': ['GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
  'a host with a path': ['GET / HTTP/1.1\r\nHost: x/y\r\n\r\n', 400],
  'a host of other letters': ['GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n', 400],
  'two Authorization headers': [`GET / HTTP/1.1\r\n${HOST}Authorization: a\r\nauthorization: b\r\n\r\n`, 400],
  'two content types': [`POST / HTTP/1.1\r\n${HOST}${JSON_TYPE}${JSON_TYPE}\r\n`, 400],

  'both lengths': [`POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  'both lengths the other way': [
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'chunked, identity': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  'identity, chunked': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`, 400],
  'gzip, chunked': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  'identity alone': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: identity\r\n\r\n`, 400],
  xchunked: [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  'a space before the colon': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
  'a vertical tab before chunked': [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`, 400],
  'chunked twice': [`POST / HTTP/1.1\r\n${HOST}${'Transfer-Encoding: chunked\r\n'.repeat(2)}\r\n0\r\n\r\n`, 400],
  'chunked in HTTP/1.0': [`POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  'two lengths': [`POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  'the same length twice': [`POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`, 400],
  'a list of lengths': [`POST / HTTP/1.1\r\n${HOST}Content-Length: 0, 0\r\n\r\n`, 400],
  'a length with a plus': [`POST / HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\na`, 400],
  'a negative length': [`POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`, 400],
  'a hexadecimal length': [`POST / HTTP/1.1\r\n${HOST}Content-Length: 0x1\r\n\r\na`, 400],
  'a length beyond 2^64': [`POST / HTTP/1.1\r\n${HOST}Content-Length: ${'9'.repeat(24)}\r\n\r\n`, 400],
  'an empty length': [`POST / HTTP/1.1\r\n${HOST}Content-Length:\r\n\r\n`, 400],
  'a chunk size that is none': [`${chunkedTo('/upload')}zz\r\n`, 400],
  'a negative chunk size': [`${chunkedTo('/upload')}-1\r\n`, 400],
  'a chunk size beyond 2^64': [`${chunkedTo('/upload')}fffffffffffffffff\r\n`, 400],
  'a chunk that is longer than its size': [`${chunkedTo('/upload')}1\r\n{}\r\n0\r\n\r\n`, 400],
  'a bare LF after a chunk extension': [`${chunkedTo('/upload')}2;a\n{}\r\n0\r\n\r\n`, 400],
  'endless chunk extensions': [`${chunkedTo('/upload')}2;${'a'.repeat(20_000)}`, 413],
  'endless trailers': [`${chunkedTo('/upload')}0\r\nx: ${'a'.repeat(20_000)}`, 431],

  'a target in absolute form': [`GET http://elsewhere.example/ HTTP/1.1\r\n${LAST}`, 400],
  'two slashes': [`GET //elsewhere.example/ HTTP/1.1\r\n${LAST}`, 400],
  'a slash and a backslash': [`GET /\\elsewhere.example/ HTTP/1.1\r\n${LAST}`, 400],
  'a fragment': [`GET /#a HTTP/1.1\r\n${LAST}`, 400],
  'an asterisk': [`OPTIONS * HTTP/1.1\r\n${LAST}`, 400],
  'no slash': [`GET x HTTP/1.1\r\n${LAST}`, 400],
  'letters beyond ASCII': [`GET /\xc3\xa9 HTTP/1.1\r\n${LAST}`, 400],
  'a control character in the target': [`GET /a\x01b HTTP/1.1\r\n${LAST}`, 400],
  'a tab in the target': [`GET /a\tb HTTP/1.1\r\n${LAST}`, 400],
  'a space in the target': [`GET /a b HTTP/1.1\r\n${LAST}`, 400],
  'a query that is no UTF-8': [`GET /?q=%ff HTTP/1.1\r\n${LAST}`, 400],
  'a path that is no UTF-8': [`GET /%c0%af HTTP/1.1\r\n${LAST}`, 400],

  'a NUL in a value': [`GET / HTTP/1.1\r\nX: a\0b\r\n${LAST}`, 400],
  'a control character in a value': [`GET / HTTP/1.1\r\nX: a\x01b\r\n${LAST}`, 400],
  'a bare CR in a value': [`GET / HTTP/1.1\r\nX: a\rb\r\n${LAST}`, 400],
  'a bare LF after a value': [`GET / HTTP/1.1\r\nX: a\nY: b\r\n${LAST}`, 400],
  'bare LFs everywhere': ['GET / HTTP/1.1\nHost: x\n\n', 400],
  'bare CRs everywhere': ['GET / HTTP/1.1\rHost: x\r\r', 400],
  'a folded line': [`GET / HTTP/1.1\r\nX: a\r\n b\r\n${LAST}`, 400],
  'a space before the first name': [`GET / HTTP/1.1\r\n X: a\r\n${LAST}`, 400],
  'a header without a colon': [`GET / HTTP/1.1\r\nX\r\n${LAST}`, 400],
  'a header without a name': [`GET / HTTP/1.1\r\n: a\r\n${LAST}`, 400],
  'a space in a name': [`GET / HTTP/1.1\r\nX Y: a\r\n${LAST}`, 400],

  'HTTP/1.2': [`GET / HTTP/1.2\r\n${LAST}`, 400],
  'HTTP/2.0': [`GET / HTTP/2.0\r\n${LAST}`, 400],
  'the preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  TLS: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  'a value of 17 KB': [`GET / HTTP/1.1\r\nX: ${'a'.repeat(17_000)}\r\n${LAST}`, 431],
  'a target of 17 KB': [`GET /${'a'.repeat(17_000)} HTTP/1.1\r\n${LAST}`, 431],
  'a hundred and one header fields': [`GET / HTTP/1.1\r\n${fields(99)}${LAST}`, 431],
  'another expectation': [`POST / HTTP/1.1\r\nExpect: 200-ok\r\n${LAST}`, 417],

  'two requests at once': [`GET /slow HTTP/1.1\r\n${HOST}\r\nGET /fast HTTP/1.1\r\n${LAST}`, 200, 200],
  'noise after two requests': [
    `GET /slow HTTP/1.1\r\n${HOST}\r\nGET /fast HTTP/1.1\r\n${HOST}\r\n\x01\r\n\r\n`,
    200,
    200,
    400,
  ],
  'a bad body after a request': [`GET /slow HTTP/1.1\r\n${HOST}\r\n${chunkedTo('/upload')}zz\r\n`, 200, 400],
  'a request behind an odd one': [`GET / HTTP/1.1\r\n${HOST}${HOST}\r\nGET /smuggled HTTP/1.1\r\n${LAST}`, 400],
};

interface Exchange {
  readonly text: string;
  readonly milliseconds: number;
}

describe('the bytes of a request', () => {
  let server: HttpServer;
  const sockets = new Set<Socket>();

  before(async () => {
    const app = new Koa<HttpState, object>();
    app.silent = true;
    app.use(traceRequest(() => 'new'));
    app.use(answerErrors(() => undefined));
    app.use(refuseOddRequests);
    app.use(async (ctx) => {
      if (ctx.path === '/slow') await sleep(50);
      const length = ctx.path === '/upload' ? JSON.stringify(await readBody(ctx.req)).length : 0;
      ctx.body = { path: ctx.path, length };
    });
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });
  after(() => server.stop());

  /** What comes back until the server closes the connection. `write` may go on writing until then. */
  async function exchange(write: (socket: Socket) => unknown): Promise<Exchange> {
    const start = performance.now();
    const socket = connect(server.port, '127.0.0.1');
    sockets.add(socket);
    let text = '';
    const closed = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => (text += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.once('close', () => {
        resolve();
      });
    });
    write(socket);
    await closed;
    return { text, milliseconds: performance.now() - start };
  }
  const send = (bytes: string) => exchange((socket) => socket.write(bytes, 'latin1'));
  const statusesOf = (text: string): number[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

  function expectProblem(text: string, status: number): void {
    const [head = '', body = ''] = text.slice(text.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
    expect(head)
      .to.match(/^content-type: application\/problem\+json$/im)
      .and.match(/^connection: close$/im)
      .and.match(/^x-request-id: ./im);
    if (status === 405) expect(head).to.include(`\r\nAllow: ${ALLOWED_METHODS}`);
    const problem: unknown = JSON.parse(body);
    expect(problem).to.include({ status }).and.to.include.keys('type', 'title', 'detail', 'code', 'requestId');
  }

  for (const [name, [bytes, ...expected]] of Object.entries(corpus)) {
    it(`gets ${expected.join(', ')} for ${name}`, async () => {
      const { text } = await send(bytes);
      expect(statusesOf(text), text).to.deep.equal(expected);
      const last = expected.at(-1) ?? 0;
      if (last !== 200) expectProblem(text, last);
    });
  }

  it('is answered in the order of the requests, however long each takes', async () => {
    const { text } = await send(
      ['/slow', '/1', '/2'].map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`).join('') +
        `GET /3 HTTP/1.1\r\n${LAST}`,
    );
    expect([...text.matchAll(/"path":"([^"]+)"/g)].map(([, path]) => path)).to.deep.equal(['/slow', '/1', '/2', '/3']);
  });

  it('has its body asked for when it is wanted, and not when it is refused', async () => {
    const head = `POST /upload HTTP/1.1\r\n${JSON_TYPE}Expect: 100-continue\r\n`;
    const welcome = await exchange((socket) => {
      socket.write(`${head}Content-Length: 2\r\n${LAST}`);
      socket.once('data', () => socket.write('{}'));
    });
    expect(statusesOf(welcome.text)).to.deep.equal([100, 200]);
    const large = await send(`${head}${HOST}Content-Length: 99999999\r\n\r\n`);
    expect(statusesOf(large.text)).to.deep.equal([413]);
    const other = await send(
      `POST /upload HTTP/1.1\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\n${HOST}Content-Length: 2\r\n\r\n`,
    );
    expect(statusesOf(other.text)).to.deep.equal([415]);
  });

  it('may come slowly, but not for ever, and meanwhile others are answered', async function () {
    // What is never cut off ends this.
    this.timeout(30_000);
    const drip =
      (head: string, piece: string) =>
      async (socket: Socket): Promise<void> => {
        socket.write(head);
        while (!socket.destroyed) {
          await sleep(500);
          socket.write(piece);
        }
      };
    const upload = `POST /upload HTTP/1.1\r\n${HOST}${JSON_TYPE}`;
    const slow: Readonly<Record<string, readonly [(socket: Socket) => unknown, ...statuses: number[]]>> = {
      'is silent': [() => undefined, 408],
      'stops in the request line': [(socket) => socket.write('GET / HT'), 408],
      'writes its head letter by letter': [drip('GET / HTTP/1.1\r\nX: ', 'a'), 408],
      'never ends its headers': [drip(`GET / HTTP/1.1\r\n${HOST}`, 'X: a\r\n'), 408],
      'writes nothing but empty lines': [drip('', '\r\n'), 408],
      'writes its second head slowly': [drip(`GET / HTTP/1.1\r\n${HOST}\r\nGET / HTTP/1.1\r\n`, 'X: a\r\n'), 200, 408],
      'sends no body': [(socket) => socket.write(`${upload}Content-Length: 10\r\n\r\n`), 408],
      'sends its body byte by byte': [drip(`${upload}Content-Length: 1000\r\n\r\n{`, ' '), 408],
      'sends its chunks byte by byte': [drip(chunkedTo('/upload'), '1\r\n \r\n'), 408],
    };
    const attacks = Object.entries(slow).map(async ([name, [write, ...expected]]) => {
      const { text, milliseconds } = await exchange(write);
      expect(statusesOf(text), name).to.deep.equal(expected);
      expect(milliseconds, name).to.be.at.least(3000);
      expectProblem(text, 408);
    });
    // Answered without its body being read: it has its answer, and what trickles on is cut off.
    const unread = exchange(drip(`POST / HTTP/1.1\r\n${HOST}Content-Length: 1000\r\n\r\n`, ' '));

    const body = JSON.stringify({ note: 'x'.repeat(1024 * 1024 - 11) });
    const honest = exchange(async (socket) => {
      socket.write(`POST /upload HTTP/1.1\r\n${JSON_TYPE}Content-Length: ${body.length}\r\n${LAST}`);
      for (let at = 0; at < body.length; at += body.length / 20) {
        await sleep(200);
        socket.write(body.slice(at, at + body.length / 20));
      }
    });
    const running = new Set<unknown>([unread, honest, ...attacks]);
    for (const each of [unread, honest, ...attacks])
      void each.finally(() => running.delete(each)).catch(() => undefined);
    let meanwhile = 0;
    for (; running.size > 0; meanwhile += 1) {
      expect((await fetch(server.url)).status).to.equal(200);
      await sleep(50);
    }
    // More than could be answered each time that a slow one ends.
    expect(meanwhile).to.be.above(25);
    const { text, milliseconds } = await honest;
    expect(text).to.include(`"length":${1024 * 1024}`);
    expect(milliseconds).to.be.above(3500);
    await Promise.all(attacks);
    expect(statusesOf((await unread).text)[0]).to.equal(200);
  });
});
