import { Agent, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { startHttpServer } from './http-server.ts';

const local = { host: '127.0.0.1', port: 0 };

/** After these milliseconds it cuts off what goes on; whatever takes less did not wait for that. */
const GRACE = 8000;

interface TestApp {
  readonly app: Koa;
  /** A request for `/slow` has come. */
  readonly reached: Promise<unknown>;
  /** Lets it be answered. */
  release(): void;
}

function makeApp(): TestApp {
  const [gate, reached] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx) => {
    if (ctx.path === '/slow') {
      reached.resolve(null);
      await gate.promise;
    }
    ctx.body = 'done';
  });
  return {
    app,
    reached: reached.promise,
    release: () => {
      gate.resolve(null);
    },
  };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

describe('the HTTP server', () => {
  it('listens on a free port and tells where', async () => {
    const { url, port, stop } = await startHttpServer(makeApp().app, local);
    expect(url).to.equal(`http://127.0.0.1:${port}`);
    expect(await (await fetch(url)).text()).to.equal('done');
    await stop();
  });

  it('tells an address that can be called when it listens on all', async () => {
    const { url, stop } = await startHttpServer(makeApp().app, { host: '0.0.0.0', port: 0 });
    expect((await fetch(url)).status).to.equal(200);
    await stop();
  });

  it('says which port is taken and how to choose another', async () => {
    const { port, stop } = await startHttpServer(makeApp().app, local);
    const fault: unknown = await startHttpServer(makeApp().app, { ...local, port }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(fault).to.be.an('error').with.property('message').that.includes(String(port)).and.includes('--port');
    await stop();
  });

  it('lets a request in flight end, and takes no new one', async () => {
    const { app, reached, release } = makeApp();
    const { url, stop } = await startHttpServer(app, local);
    const slow = fetch(`${url}/slow`);
    await reached;
    const stopping = stop();
    const refused: unknown = await fetch(url).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).to.be.an('error');
    release();
    const response = await slow;
    expect(await response.text()).to.equal('done');
    expect(response.headers.get('connection')).to.equal('close');
    expect(await timed(stopping)).to.be.below(GRACE);
  });

  it('closes at once what is idle: kept alive after a request, or never used', async () => {
    const { port, stop } = await startHttpServer(makeApp().app, local);
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve) => {
      request({ port, host: '127.0.0.1', agent }, (res) => {
        res.resume().on('end', resolve);
      }).end();
    });
    const unused = await opened(port);
    expect(await timed(stop())).to.be.below(GRACE);
    unused.destroy();
    agent.destroy();
  });

  it('may be told to stop twice, and is done both times when all is done', async () => {
    const { app, reached, release } = makeApp();
    const { url, stop } = await startHttpServer(app, local);
    const slow = fetch(`${url}/slow`);
    await reached;
    const events: string[] = [];
    const [first, second] = [stop(), stop()].map(async (stopping) => {
      await stopping;
      events.push('stopped');
    });
    await fetch(url).catch(() => events.push('refused'));
    events.push('released');
    release();
    await Promise.all([first, second, slow]);
    expect(events).to.deep.equal(['refused', 'released', 'stopped', 'stopped']);
    await stop();
  });

  it('cuts off after 8 seconds what does not end', async function () {
    this.timeout(30_000);
    const { app, reached } = makeApp();
    const { url, stop } = await startHttpServer(app, local);
    const slow: Promise<unknown> = fetch(`${url}/slow`).then(
      () => null,
      (error: unknown) => error,
    );
    await reached;
    // Timers and the clock that it is read by round differently.
    expect(await timed(stop())).to.be.at.least(GRACE - 10);
    expect(await slow).to.be.an('error');
  });
});
