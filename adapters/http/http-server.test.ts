import { Agent, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import { startHttpServer } from './http-server.ts';

const local = { host: '127.0.0.1', port: 0 };

function makeApp(): { readonly app: Koa; release(): void } {
  const gate = Promise.withResolvers<null>();
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx) => {
    if (ctx.path === '/slow') await gate.promise;
    ctx.body = 'done';
  });
  return {
    app,
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

  it('takes no more connections than it may, and new ones when others have gone', async () => {
    const { url, port, stop } = await startHttpServer(makeApp().app, { ...local, maxConnections: 10 });
    const sockets = await Promise.all(Array.from({ length: 10 }, () => opened(port)));
    await sleep(50);
    const refused: unknown = await fetch(url).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).to.be.an('error');
    for (const socket of sockets) socket.destroy();
    await sleep(50);
    expect((await fetch(url)).status).to.equal(200);
    await stop();
  });

  it('lets a request in flight end, and takes no new one', async () => {
    const { app, release } = makeApp();
    const { url, stop } = await startHttpServer(app, local);
    const slow = fetch(`${url}/slow`);
    await sleep(100);
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
    expect(await timed(stopping)).to.be.below(1000);
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
    expect(await timed(stop())).to.be.below(500);
    unused.destroy();
    agent.destroy();
  });

  it('may be told to stop twice, and is done both times when all is done', async () => {
    const { app, release } = makeApp();
    const { url, stop } = await startHttpServer(app, local);
    const slow = fetch(`${url}/slow`);
    await sleep(100);
    const first = stop();
    const second = stop().then(() => 'stopped');
    expect(await Promise.race([second, sleep(100, 'in flight')])).to.equal('in flight');
    release();
    await Promise.all([first, second, slow]);
    await stop();
  });

  it('cuts off after 8 seconds what does not end', async function () {
    this.timeout(12_000);
    const { url, stop } = await startHttpServer(makeApp().app, local);
    const slow: Promise<unknown> = fetch(`${url}/slow`).then(
      () => null,
      (error: unknown) => error,
    );
    await sleep(100);
    expect(await timed(stop())).to.be.within(7500, 9500);
    expect(await slow).to.be.an('error');
  });
});
