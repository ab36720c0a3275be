import { expect } from 'chai';
import { expectProblem, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';
import { makeHttpApp } from './http-app.ts';
import { startHttpServer } from './http-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the HTTP app', () => {
  const { call, leave, lineOf, lines, logged, post, raw, server, stage } = useThingApp();

  describe('routes', () => {
    it('answers what an operation answers', async () => {
      const response = await call(`/api/things/${KNOWN}`);
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
      expect(await response.json()).to.deep.equal({ id: KNOWN, name: 'Sword', note: null });
    });

    it('lets nothing leave that the schema does not declare', async () => {
      expect(await (await call(`/api/things/${KNOWN}`)).text()).not.to.include('argon2');
      expect(await (await call('/api/things')).text()).not.to.include('argon2');
    });

    it('answers the second method as the first', async () => {
      for (const method of ['PATCH', 'PUT']) {
        const response = await call(`/api/things/${KNOWN}`, {
          method,
          body: '{"name":"Axe"}',
          headers: { 'Content-Type': 'application/json' },
        });
        expect(await response.json(), method).to.include({ name: 'Axe' });
      }
    });

    it('answers HEAD with the headers of GET and no body', async () => {
      const get = await call(`/api/things/${KNOWN}`);
      const head = await call(`/api/things/${KNOWN}`, { method: 'HEAD' });
      expect(head.status).to.equal(200);
      expect(head.headers.get('etag')).to.equal('"3-owner"');
      expect(head.headers.get('content-length')).to.equal(get.headers.get('content-length'));
      expect(await head.text()).to.equal('');
    });

    it('answers 201 with the Location, and only then', async () => {
      const created = await post('/api/things', '{}');
      expect(created.status).to.equal(201);
      expect(created.headers.get('location')).to.equal(`/api/things/${KNOWN}`);
      expect((await call(`/api/things/${KNOWN}`)).headers.has('location')).to.equal(false);
    });

    it('answers 204 without a body and its headers', async () => {
      const response = await call(`/api/things/${KNOWN}`, { method: 'DELETE' });
      expect(response.status).to.equal(204);
      expect(response.headers.has('content-type')).to.equal(false);
      expect(await response.text()).to.equal('');
    });

    it('takes the status that the answer names', async () => {
      const response = await call('/health/live');
      expect(response.status).to.equal(503);
      expect(await response.json()).to.deep.equal({ status: 'ill' });
    });

    it('prefers a fixed path to one with a parameter', async () => {
      expect(await (await call('/api/things/best')).json()).to.deep.equal({ best: 'Sword' });
    });

    it('answers 404 no_such_route where there is no path', async () => {
      for (const path of ['/', '/api', '/api/things/', `/api/things/${KNOWN}/`, '/API/things', '/api//things']) {
        await expectProblem(await call(path), 404, 'no_such_route');
      }
    });

    it('answers 405 with Allow where the path knows other methods', async () => {
      const response = await call(`/api/things/${KNOWN}`, { method: 'POST' });
      expect(response.headers.get('allow')).to.equal('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
      await expectProblem(response, 405, 'method_not_allowed');
      expect((await call('/api/failures')).headers.get('allow')).to.equal('OPTIONS, POST');
    });

    it('answers OPTIONS with what a path allows, and 404 where there is none', async () => {
      const response = await call('/api/things', { method: 'OPTIONS' });
      expect(response.status).to.equal(204);
      expect(response.headers.get('allow')).to.equal('GET, HEAD, OPTIONS, POST');
      expect(response.headers.has('accept-patch')).to.equal(false);
      expect((await call('/api/nothing', { method: 'OPTIONS' })).status).to.equal(404);
    });

    it('names the formats of patches to OPTIONS where there is PATCH', async () => {
      const { headers } = await call(`/api/things/${KNOWN}`, { method: 'OPTIONS' });
      expect(headers.get('allow')).to.include('PATCH');
      expect(headers.get('accept-patch')).to.equal('application/json');
      expect((await call(`/api/things/${KNOWN}/`, { method: 'OPTIONS' })).status).to.equal(404);
      expect((await call(`/api//things/${KNOWN}`, { method: 'OPTIONS' })).headers.has('accept-patch')).to.equal(false);
    });

    it('refuses malformed percent-encoding and unusual targets', async () => {
      for (const path of ['/api/things/%E0%A4%A', '/api/things/%', '/api/%zz', '/api/named/%FF', '//api/things']) {
        await expectProblem(await call(path), 400, 'bad_request');
      }
      await expectProblem(await call('/api/things/%00'), 404, 'not_found');
      for (const target of [
        'http://[::1/nothing',
        'http://[::1',
        'http://x',
        'http://x/api/named/x',
        '*',
        'x',
        '//[',
      ]) {
        const answer = await raw(`OPTIONS ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        expect(answer, target).to.match(/^HTTP\/1.1 400 /);
      }
      expect(lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });

    it('decodes parameters of the path', async () => {
      expect(await (await call('/api/named/a%20%2F%C3%A9')).json()).to.deep.equal({ name: 'a /é' });
    });

    it('does not find what a parameter of free text cannot name', async () => {
      await expectProblem(await call('/api/named/a%00b'), 404, 'not_found');
    });

    it('passes the user agent on', async () => {
      await post('/api/things', '{}', { 'User-Agent': 'Firefox' });
      expect(stage.asked).to.deep.include({ userAgent: 'Firefox' });
    });

    it('serves the OpenAPI document to anybody', async () => {
      const response = await fetch(`${server().url}/api/openapi.json`);
      expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
      const document: unknown = await response.json();
      expect(document).to.have.nested.property('info.version', '9.9.9');
      expect(document).to.have.nested.property('paths./api/things/{id}.put.operationId', 'changeThingByPut');
    });
  });

  describe('every answer', () => {
    it("carries the caller's request id when it is a sound one", async () => {
      for (const mine of ['a', 'A-b_c.1', 'x'.repeat(64)]) {
        expect((await call('/nowhere', { headers: { 'x-request-id': mine } })).headers.get('x-request-id')).to.equal(
          mine,
        );
      }
      for (const bad of ['', 'a b', 'x'.repeat(65), 'a/b', '<script>', 'a,b']) {
        const given = (await call('/nowhere', { headers: { 'x-request-id': bad } })).headers.get('x-request-id');
        expect(given, bad).to.match(/^new-\d+$/);
      }
    });

    it('is told in one line, by its template and never by its path', async () => {
      await call(`/api/things/${KNOWN}?q=private`);
      const { level, fields } = lineOf('http_request');
      expect(level).to.equal('info');
      const { durationMs, requestId, ...rest } = fields;
      expect(rest).to.deep.equal({ method: 'GET', route: '/api/things/:id', status: 200, userId: 'anna' });
      expect(durationMs).to.be.a('number').within(0, 5000);
      expect(requestId).to.match(/^new-/);
      expect(lines).to.have.length(1);
      expect(JSON.stringify(lines)).not.to.include(KNOWN).and.not.to.include('private');
    });

    it('is told with its problem, and without a route where there is none', async () => {
      await call('/secret/path');
      expect(lineOf('http_request').fields).to.include({ route: null, status: 404, problem: 'no_such_route' });
      lines.length = 0;
      await call(`/api/things/${KNOWN}`, { method: 'POST' });
      expect(lineOf('http_request').fields).to.include({ route: '/api/things/:id', status: 405 });
    });

    it('is told quietly where it is about health', async () => {
      await call('/health/live');
      expect(lineOf('http_request').level).to.equal('debug');
    });

    it('belongs to the trace of its caller', async () => {
      const traceIdFor = async (traceparent: string): Promise<unknown> => {
        lines.length = 0;
        await call('/nowhere', { headers: { traceparent } });
        return lineOf('http_request').fields.traceId;
      };
      expect(await traceIdFor(`00-${TRACE}-00f067aa0ba902b7-01`)).to.equal(TRACE);
      expect(await traceIdFor(`01-${TRACE}-00f067aa0ba902b7-01-later`)).to.equal(TRACE);
      for (const bad of [
        `00-${TRACE}-00f067aa0ba902b7-01-more`,
        `ff-${TRACE}-00f067aa0ba902b7-01`,
        `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
        `00-${TRACE}-${'0'.repeat(16)}-01`,
        `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
        `00-${TRACE}-00f067aa0ba902b7`,
        'nonsense',
      ]) {
        expect(await traceIdFor(bad), bad).to.equal(undefined);
      }
    });

    it('is neither cached nor run, framed or sniffed', async () => {
      for (const path of ['/api/things', '/nowhere', '/api/named/x', '/api/openapi.json']) {
        const { headers } = await call(path);
        expect(headers.get('cache-control'), path).to.equal('no-store');
        expect(headers.get('content-security-policy')).to.equal(
          "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        );
        expect(headers.get('x-content-type-options')).to.equal('nosniff');
        expect(headers.get('x-frame-options')).to.equal('DENY');
        expect(headers.get('referrer-policy')).to.equal('no-referrer');
        expect(headers.get('cross-origin-resource-policy')).to.equal('same-origin');
        expect(headers.get('vary')).to.match(/\bOrigin\b/);
        expect(headers.has('x-powered-by')).to.equal(false);
        expect(headers.has('strict-transport-security')).to.equal(false);
      }
    });
  });

  describe('a client that goes away', () => {
    it('while it is answered leaves no error behind', async () => {
      const [reached, gate] = [Promise.withResolvers<null>(), Promise.withResolvers<undefined>()];
      stage.hold = () => {
        reached.resolve(null);
        return gate.promise;
      };
      await leave('POST /api/failures HTTP/1.1\r\nHost: x\r\n\r\n', reached.promise);
      // The server has seen it go by the time it answers somebody else.
      await call('/health/live');
      lines.length = 0;
      gate.resolve(undefined);
      expect((await logged('http_request')).fields).to.include({ route: '/api/failures' });
      expect(lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });
  });
});

describe('the HTTP app in production', () => {
  it('insists on TLS', async () => {
    const silent = (): void => undefined;
    const app = makeHttpApp({
      endpoints: [],
      authenticate: () => Promise.reject(new Error('not asked')),
      identify: () => Promise.reject(new Error('not asked')),
      readAccessToken: () => Promise.reject(new Error('not asked')),
      logger: { error: silent, warn: silent, info: silent, debug: silent },
      newRequestId: () => 'new',
      corsOrigins: [],
      trustedProxies: [],
      limiter: null,
      production: true,
      version: '1.0.0',
    });
    const { url, stop } = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
    const { headers } = await fetch(url);
    await stop();
    expect(headers.get('strict-transport-security')).to.equal('max-age=31536000; includeSubDomains');
  });
});
