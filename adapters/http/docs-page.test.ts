import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import { expect } from 'chai';
import { answerErrors } from './answer-errors.ts';
import type { HttpState } from './http-context.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { makeRateLimits } from './limit-rate.ts';
import { makeRouter, refuseUnrouted } from './make-router.ts';
import { secureHeaders } from './secure-headers.ts';
import { traceRequest } from './trace-request.ts';

const notAsked = (): Promise<never> => Promise.reject(new Error('not asked'));

describe('the page to read and try the API', () => {
  let server: HttpServer;

  before(async () => {
    const router = makeRouter(
      [],
      {
        authenticate: notAsked,
        identify: notAsked,
        readAccessToken: notAsked,
      },
      makeRateLimits(null, { authenticate: notAsked, readAccessToken: notAsked }, { warn: () => undefined }),
      Buffer.from('{}'),
    );
    const app = new Koa<HttpState, object>();
    app.use(traceRequest(() => 'new'));
    app.use(answerErrors(() => undefined));
    app.use(secureHeaders(true));
    app.use(router.routes());
    app.use(refuseUnrouted(router));
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  });
  after(() => server.stop());

  const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url}${path}`, init);

  it('holds nothing inline, and names nothing from elsewhere', async () => {
    const response = await get('/docs');
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const html = await response.text();
    expect(html).not.to.match(/<style|style=|\son\w+=|javascript:|https?:|\/\/\w/i);
    for (const [, attributes = '', content = ''] of html.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)) {
      expect(attributes).to.include('src="/docs/');
      expect(content).to.equal('');
    }
    const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(links).to.have.length(4);
    for (const path of links) expect((await get(path)).status, path).to.equal(200);
  });

  it('may run, show and call nothing but its own', async () => {
    for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).to.equal(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
          "base-uri 'none';form-action 'none';frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('x-frame-options')).to.equal('DENY');
      expect(headers.get('referrer-policy')).to.equal('no-referrer');
    }
  });

  it('asks for the document of this server, and for no validator', async () => {
    const response = await get('/docs/start.js');
    expect(response.headers.get('content-type')).to.equal('text/javascript; charset=utf-8');
    expect(await response.text())
      .to.include("url: '/api/openapi.json'")
      .and.include('validatorUrl: null');
  });

  it('brings the files of the package as they are, to be kept and asked for by their tags', async () => {
    for (const [name, type] of [
      ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
      ['swagger-ui.css', 'text/css; charset=utf-8'],
      ['favicon-32x32.png', 'image/png'],
    ] as const) {
      const response = await get(`/docs/${name}`);
      expect(response.headers.get('content-type')).to.equal(type);
      expect(response.headers.get('cache-control')).to.equal('public, max-age=86400');
      const file = await readFile(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)));
      expect(file.equals(new Uint8Array(await response.arrayBuffer())), name).to.equal(true);
      const tag = response.headers.get('etag') ?? '';
      const again = await get(`/docs/${name}`, { headers: { 'If-None-Match': tag } });
      expect(again.status).to.equal(304);
      expect(await again.text()).to.equal('');
    }
    expect((await get('/docs')).headers.get('cache-control')).to.equal('no-cache');
  });

  it('has nothing else', async () => {
    for (const path of [
      '/docs/',
      '/docs/index.html',
      '/docs/package.json',
      '/docs/swagger-ui.js',
      '/docs/swagger-ui-bundle.js.map',
      '/docs/oauth2-redirect.html',
      '/docs/%2e%2e/package.json',
      '/docs/..%2fpackage.json',
      '/docs/..%5cpackage.json',
      '/docs/constructor',
      '/docs/__proto__',
    ]) {
      const response = await get(path);
      expect(response.status, path).to.equal(404);
      expect(response.headers.get('content-type')).to.equal('application/problem+json');
    }
    expect((await get('/docs', { method: 'POST' })).status).to.equal(405);
  });
});
