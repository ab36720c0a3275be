import type { Authenticate } from '../../core/auth/authenticate.ts';
import type { Identify } from '../../core/auth/identify.ts';
import { type IncomingHttpHeaders, request as nodeRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { number, object, string } from 'yup';
import type { Actor } from '../../core/shared/actor.ts';
import { DomainError, type ErrorCode, notFound } from '../../core/shared/errors.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import type { PageRequest } from '../../core/shared/page.ts';
import { expectVersion } from '../../core/shared/version.ts';
import { makeCursors } from '../operations/cursor.ts';
import { emptyBody, id, optionalLine, optionalMarkdown, pageFields, secret, shown } from '../operations/fields.ts';
import { operation, publicOperation } from '../operations/operation.ts';
import { listOf, nothing, view } from '../operations/response.ts';
import { makeHttpApp } from './http-app.ts';
import { startHttpServer } from './http-server.ts';

const KNOWN = '0198a000-0000-7000-8000-000000000001';
const FOREIGN = '0198a000-0000-7000-8000-000000000002';
const ORIGIN = 'https://app.example.org';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly note: string | null;
}

/** What the operations are bound to: it plays whatever a test sets, and remembers what it was asked. */
interface Stage {
  readonly stage: {
    fault: unknown;
    asked: unknown;
    hold: Promise<void> | null;
  };
}

const thing: Thing = { id: KNOWN, name: 'Sword', note: null };
const thingView = view({
  schema: object({
    id: shown.id(),
    name: shown.text(),
    note: shown.textOrNull(),
    secretNote: string().nullable().optional(),
  }),
  // The undeclared field plays a presenter's slip.
  present: ({ id: thingId, name, note }: Thing) => ({ id: thingId, name, note, passwordHash: 'argon2-secret' }),
  etag: () => '3-owner',
  location: (each) => `/api/things/${each.id}`,
});
const thingParams = object({ id: id() });
const thingBody = object({ name: optionalLine(), note: optionalMarkdown(), count: number().optional() }).noUnknown();

const getThing = operation({
  name: 'getThing',
  summary: 'One thing',
  method: 'GET',
  path: '/api/things/:id',
  status: 200,
  access: { scope: 'world:read' },
  params: thingParams,
  faults: [404],
  response: thingView,
  run: (_: Stage, __: Actor, { params }) => {
    if (params.id !== KNOWN) throw notFound();
    return Promise.resolve(thing);
  },
});
const getBestThing = operation({
  name: 'getBestThing',
  summary: 'The best',
  method: 'GET',
  path: '/api/things/best',
  status: 200,
  access: { signIn: true },
  response: view({ schema: object({ best: shown.text() }), present: (best: string) => ({ best }) }),
  run: () => Promise.resolve('Sword'),
});
const changeThing = operation({
  name: 'changeThing',
  summary: 'Change a thing',
  method: 'PATCH',
  alsoMethod: 'PUT',
  path: '/api/things/:id',
  status: 200,
  access: { scope: 'world:write' },
  params: thingParams,
  body: thingBody,
  faults: [404, 412],
  response: thingView,
  run: ({ stage }: Stage, _: Actor, { body, expectedVersions }) => {
    stage.asked = body;
    expectVersion({ version: 3 }, expectedVersions);
    return Promise.resolve({ ...thing, name: body.name ?? thing.name });
  },
});
const deleteThing = operation({
  name: 'deleteThing',
  summary: 'Delete a thing',
  method: 'DELETE',
  path: '/api/things/:id',
  status: 204,
  access: { scope: 'world:write' },
  params: thingParams,
  faults: [404, 412],
  response: nothing,
  run: (_: Stage, __: Actor, { expectedVersions }) => {
    expectVersion({ version: 3 }, expectedVersions);
    return Promise.resolve();
  },
});
const createThing = operation({
  name: 'createThing',
  summary: 'Create a thing',
  method: 'POST',
  path: '/api/things',
  status: 201,
  access: { scope: 'world:write' },
  body: thingBody,
  response: thingView,
  run: ({ stage }: Stage, _: Actor, { body, userAgent }) => {
    stage.asked = { body, userAgent };
    return Promise.resolve(thing);
  },
});
const listThings = operation({
  name: 'listThings',
  summary: 'Things',
  method: 'GET',
  path: '/api/things',
  status: 200,
  access: { scope: 'world:read' },
  query: object({ q: string().max(20).optional(), ...pageFields() }).noUnknown(),
  response: listOf(thingView),
  run: ({ stage }: Stage, _: Actor, { query, page }) => {
    stage.asked = { query, page };
    return Promise.resolve({ items: [thing], next: page.after === null ? [1] : null });
  },
});
const fail = publicOperation({
  name: 'fail',
  summary: 'Fails',
  method: 'POST',
  path: '/api/failures',
  status: 204,
  access: { public: true },
  response: nothing,
  run: async ({ stage }: Stage) => {
    await stage.hold;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what is thrown need not be an error
    if (stage.fault !== null) throw stage.fault;
  },
});
const signIn = publicOperation({
  name: 'signIn',
  summary: 'Sign in',
  method: 'POST',
  path: '/api/sign-ins',
  status: 204,
  access: { public: true },
  body: object({ password: secret(100) }).noUnknown(),
  response: nothing,
  run: () => Promise.resolve(),
});
const refreshAll = operation({
  name: 'refreshAll',
  summary: 'Takes nothing',
  method: 'POST',
  path: '/api/refreshments',
  status: 204,
  access: { signIn: true },
  body: emptyBody(),
  response: nothing,
  run: () => Promise.resolve(),
});
const getNamed = publicOperation({
  name: 'getNamed',
  summary: 'Says its own name',
  method: 'GET',
  path: '/api/named/:name',
  status: 200,
  access: { public: true },
  params: object({ name: string().defined() }),
  response: view({ schema: object({ name: shown.text() }), present: (name: string) => ({ name }) }),
  run: (_: Stage, { params }) => Promise.resolve(params.name),
});
const getAlive = publicOperation({
  name: 'getAlive',
  summary: 'Alive',
  method: 'GET',
  path: '/health/live',
  status: 200,
  otherStatuses: [503],
  access: { public: true },
  response: view({ schema: object({ status: shown.text() }), present: () => ({ status: 'ill' }), status: () => 503 }),
  run: () => Promise.resolve(),
});
const operations = [
  getThing,
  getBestThing,
  changeThing,
  deleteThing,
  createThing,
  listThings,
  fail,
  signIn,
  refreshAll,
  getNamed,
  getAlive,
];

interface Line {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('the HTTP app', () => {
  let url: string;
  let port: number;
  let stop: () => Promise<void>;
  let lines: Line[];
  const stage: Stage['stage'] = { fault: null, asked: null, hold: null };

  beforeEach(() => {
    lines = [];
    Object.assign(stage, { fault: null, asked: null, hold: null });
  });
  before(async () => {
    const log =
      (level: string) =>
      (event: string, fields: LogFields = {}): void => {
        lines.push({ level, event, fields });
      };
    const logger: Logger = { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
    const cursors = makeCursors(new Uint8Array(32));
    let count = 0;
    const authenticate: Authenticate = (token) => {
      if (token === 'expired') throw new DomainError('token_expired', 'This token has expired.');
      if (token !== 'good' && token !== 'old') throw new DomainError('invalid_token', 'This is no token of ours.');
      return Promise.resolve({
        actor: { userId: 'anna', signInId: null, scopes: null },
        refreshSuggested: token === 'old',
      });
    };
    const app = makeHttpApp({
      endpoints: operations.map((each) => each.bind({ stage }, cursors)),
      authenticate,
      identify: identifyBy(authenticate),
      logger,
      newRequestId: () => `new-${(count += 1)}`,
      corsOrigins: [ORIGIN],
      trustedProxies: [],
      limiter: null,
      production: false,
      version: '9.9.9',
    });
    ({ url, port, stop } = await startHttpServer(app, { host: '127.0.0.1', port: 0 }));
  });
  after(async () => {
    await stop();
  });

  const call = (
    path: string,
    { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ) => fetch(`${url}${path}`, { ...init, headers: { Authorization: 'Bearer good', ...headers } });
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
  const lineOf = (event: string): Line => {
    const line = lines.find((each) => each.event === event);
    if (line === undefined) throw new Error(`No line ${event} among ${JSON.stringify(lines)}`);
    return line;
  };
  async function expectProblem(response: Response, status: number, code: string): Promise<Record<string, unknown>> {
    const text = await response.text();
    expect(response.status, text).to.equal(status);
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    const problem: unknown = JSON.parse(text);
    if (!isRecord(problem)) throw new Error(text);
    expect(problem).to.include({ status, code, type: `urn:lazy-foundry:problem:${code}` });
    return problem;
  }
  const fieldsOf = (problem: Record<string, unknown>): unknown[] =>
    Array.isArray(problem.errors) ? problem.errors.map((each: { field: unknown }) => each.field) : [];
  /** Writes bytes as they are and answers what comes back; a client that does not wait is gone soon. */
  async function raw(bytes: string, waits = true): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const { promise: begun, resolve: begin } = Promise.withResolvers<null>();
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      begin(null);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      begin(null);
    });
    socket.write(bytes, 'latin1');
    // However busy the machine is; and then what may still come.
    if (waits) await begun;
    await sleep(150);
    socket.destroy();
    return answer;
  }

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
      expect((await call('/api/nothing', { method: 'OPTIONS' })).status).to.equal(404);
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
        const answer = await raw(`OPTIONS ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
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
      const response = await fetch(`${url}/api/openapi.json`);
      expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
      const document: unknown = await response.json();
      expect(document).to.have.nested.property('info.version', '9.9.9');
      expect(document).to.have.nested.property('paths./api/things/{id}.put.operationId', 'changeThingByPut');
    });
  });

  describe('bodies', () => {
    it('reads a JSON object, whatever the case and the charset are written like', async () => {
      for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"']) {
        expect((await post('/api/things', '{"name":"é"}', { 'Content-Type': type })).status, type).to.equal(201);
        expect(stage.asked).to.deep.include({ body: { name: 'é' } });
      }
    });

    it('takes an absent body for an empty object, without a content type', async () => {
      expect((await call('/api/refreshments', { method: 'POST' })).status).to.equal(204);
      expect(await raw('POST /api/refreshments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n')).to.match(
        /^HTTP\/1.1 204 /,
      );
      await expectProblem(await call('/api/sign-ins', { method: 'POST' }), 400, 'validation_failed');
    });

    it('refuses other content types with 415', async () => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=latin1',
        'application/jsonx',
        'application/json, text/plain',
      ]) {
        await expectProblem(await post('/api/things', '{}', { 'Content-Type': type }), 415, 'unsupported_media_type');
      }
      const bytes = new TextEncoder().encode('{}');
      await expectProblem(await call('/api/things', { method: 'POST', body: bytes }), 415, 'unsupported_media_type');
    });

    it('refuses an encoded body with 415, and takes identity', async () => {
      await expectProblem(
        await post('/api/things', '{}', { 'Content-Encoding': 'gzip' }),
        415,
        'unsupported_media_type',
      );
      expect((await post('/api/things', '{}', { 'Content-Encoding': 'identity' })).status).to.equal(201);
    });

    it('takes 1 MiB and refuses one byte more with 413', async () => {
      const limit = 1024 * 1024;
      const note = 'x'.repeat(limit - '{"note":""}'.length);
      // At the limit it is read, and then refused for the length of its field.
      await expectProblem(await post('/api/things', `{"note":"${note}"}`), 400, 'validation_failed');
      await expectProblem(await post('/api/things', `{"note":"${note}x"}`), 413, 'body_too_large');
    });

    it('refuses a chunked body that is too large, and the connection stays of use', async () => {
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      const head =
        'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\n';
      const next = 'GET /api/named/after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
      const answer = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(64)}0\r\n\r\n${next}`);
      expect(answer)
        .to.match(/^HTTP\/1.1 413 /)
        .and.to.include('body_too_large')
        .and.to.include('{"name":"after"}');
    });

    it('refuses a Content-Length that is too large before the body comes', async () => {
      const answer = await raw(
        'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
      );
      expect(answer).to.match(/^HTTP\/1.1 413 /);
    });

    it('reads no further than Content-Length says', async () => {
      const answer = await raw(
        'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{"name":"x"}\r\n\r\n',
      );
      expect(answer).to.match(/^HTTP\/1.1 400 /);
      expect(stage.asked).to.equal(null);
    });

    it('tells where JSON goes wrong, and never what it said', async () => {
      const response = await post('/api/sign-ins', '{\n  "password": hunter2}');
      const problem = await expectProblem(response, 400, 'invalid_json');
      expect(problem.detail).to.equal('The body must be valid JSON: look at line 2, column 15.');
      expect(JSON.stringify(problem)).not.to.include('hunter2').and.not.to.include('"h');
      const early = await expectProblem(await post('/api/sign-ins', '{"password":'), 400, 'invalid_json');
      expect(early.detail).to.include('ends too soon');
    });

    it('refuses what is not UTF-8', async () => {
      const bytes = new Uint8Array([...new TextEncoder().encode('{"name":"'), 0xff, 0x22, 0x7d]);
      const problem = await expectProblem(await post('/api/things', bytes), 400, 'invalid_json');
      expect(problem.detail).to.include('UTF-8');
    });

    it('refuses everything but an object', async () => {
      for (const body of ['[]', '"x"', '5', 'null', 'true', ' ']) {
        await expectProblem(await post('/api/things', body), 400, 'invalid_json');
      }
    });

    it('refuses unknown fields and wrong types by their names, without casting', async () => {
      const unknown = await expectProblem(await post('/api/things', '{"nome":"x"}'), 400, 'validation_failed');
      expect(fieldsOf(unknown)).to.deep.equal(['nome']);
      const cast = await expectProblem(await post('/api/things', '{"count":"5"}'), 400, 'validation_failed');
      expect(fieldsOf(cast)).to.deep.equal(['count']);
    });

    it('refuses a NUL and 40 levels of nesting', async () => {
      const nul = await expectProblem(await post('/api/things', '{"name":"a\\u0000b"}'), 400, 'validation_failed');
      expect(fieldsOf(nul)).to.deep.equal(['name']);
      const deep = `{"name":${'['.repeat(40)}${']'.repeat(40)}}`;
      const problem = await expectProblem(await post('/api/things', deep), 400, 'validation_failed');
      expect(problem.detail).to.include('nested');
      const abyss = '['.repeat(300_000);
      await expectProblem(await post('/api/things', abyss), 400, 'invalid_json');
      const whole = `{"name":${abyss}${']'.repeat(300_000)}}`;
      await expectProblem(await post('/api/things', whole), 400, 'validation_failed');
    });

    it('refuses keys that reach a prototype', async () => {
      const proto = await post('/api/things', '{"__proto__":{"name":"x"},"constructor":{}}');
      expect(fieldsOf(await expectProblem(proto, 400, 'validation_failed'))).to.have.members([
        '__proto__',
        'constructor',
      ]);
      const prototype = await expectProblem(await post('/api/things', '{"prototype":{}}'), 400, 'validation_failed');
      expect(fieldsOf(prototype)).to.deep.equal(['prototype']);
      expect(Object.prototype).not.to.have.property('name');
    });

    it('refuses a key that is given twice, and tells where', async () => {
      const twice = '{"name":"first",\n  "n\\u0061me":"last"}';
      const problem = await expectProblem(await post('/api/things', twice), 400, 'invalid_json');
      expect(problem.detail).to.include('line 2, column 3').and.not.to.include('last');
      expect(stage.asked).to.equal(null);
    });

    it('refuses numbers that are not the ones that were sent', async () => {
      for (const count of ['1e400', '-1e400', '9007199254740993', '-9007199254740993', '1e20']) {
        const response = await post('/api/things', `{"count":${count}}`);
        expect(fieldsOf(await expectProblem(response, 400, 'validation_failed')), count).to.deep.equal(['count']);
      }
      expect((await post('/api/things', '{"count":9007199254740991}')).status).to.equal(201);
    });

    it('takes -0 for 0', async () => {
      await post('/api/things', '{"count":-0}');
      expect(stage.asked)
        .to.have.nested.property('body.count')
        .that.satisfies((count: unknown) => Object.is(count, 0));
    });

    it('refuses more than 1,000 fields and more than 10,000 entries', async () => {
      const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`k${index}`, 0])));
      const fields = await expectProblem(await post('/api/things', wide), 400, 'validation_failed');
      expect(fields.detail).to.include('1000 fields');
      const long = JSON.stringify({ name: Array.from({ length: 10_001 }, () => 0) });
      const entries = await expectProblem(await post('/api/things', long), 400, 'validation_failed');
      expect(entries.detail).to.include('10000 entries');
    });

    it('refuses lone surrogates in values and keys', async () => {
      const value = await expectProblem(await post('/api/things', '{"name":"a\\ud800"}'), 400, 'validation_failed');
      expect(fieldsOf(value)).to.deep.equal(['name']);
      const key = await expectProblem(await post('/api/things', '{"a\\udc00":1}'), 400, 'validation_failed');
      expect(key.detail).to.include('well-formed');
    });

    it('strips what turns the direction of writing from single lines, keeps it in Markdown, normalises nothing', async () => {
      await post(
        '/api/things',
        JSON.stringify({ name: 'a\u202Egnp.exe\u2066 e\u0301 👩\u200D🚀', note: '\u200Fשלום' }),
      );
      expect(stage.asked).to.deep.include({ body: { name: 'agnp.exe e\u0301 👩\u200D🚀', note: '\u200Fשלום' } });
    });

    it('does not read a body that the operation does not take', async () => {
      expect((await post('/api/failures', 'not json', { 'Content-Type': 'text/plain' })).status).to.equal(204);
    });

    it("takes a body that breaks off for nobody's fault", async () => {
      await raw(
        'POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na',
        false,
      );
      await sleep(50);
      expect(lineOf('http_request').fields).to.include({ status: 499, route: '/api/things' });
      expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
    });

    it('authenticates before it reads', async () => {
      const response = await post('/api/things', 'not json', { Authorization: 'Bearer bad' });
      await expectProblem(response, 401, 'invalid_token');
    });
  });

  describe('queries', () => {
    it('reads numbers where the schema has them', async () => {
      await call('/api/things?limit=5&q=5');
      expect(stage.asked).to.deep.equal({ query: { limit: 5, q: '5' }, page: { limit: 5, after: null } });
    });

    it('refuses what is not plain digits by its name', async () => {
      for (const limit of [
        'abc',
        '1e1',
        '0x10',
        '',
        '5.0',
        '+5',
        '%205',
        '05',
        'NaN',
        'Infinity',
        '9'.repeat(30),
        '0',
        '101',
        '-1',
      ]) {
        const problem = await expectProblem(await call(`/api/things?limit=${limit}`), 400, 'validation_failed');
        expect(fieldsOf(problem), limit).to.deep.equal(['limit']);
      }
    });

    it('refuses a parameter given twice, and one it does not know', async () => {
      const twice = await expectProblem(await call('/api/things?q=a&q=b'), 400, 'validation_failed');
      expect(fieldsOf(twice)).to.deep.equal(['q']);
      expect(twice.detail).to.include('only once');
      const unknown = await expectProblem(await call('/api/things?sort=name'), 400, 'validation_failed');
      expect(fieldsOf(unknown)).to.deep.equal(['sort']);
      const poisoned = await expectProblem(await call('/api/things?__proto__=x'), 400, 'validation_failed');
      expect(fieldsOf(poisoned)).to.deep.equal(['__proto__']);
    });

    it('refuses a NUL, and what is no UTF-8', async () => {
      const nul = await expectProblem(await call('/api/things?q=a%00'), 400, 'validation_failed');
      expect(fieldsOf(nul)).to.deep.equal(['q']);
      for (const q of ['%FF', '%ED%A0%80', '%', '%C0%80']) {
        await expectProblem(await call(`/api/things?q=${q}`), 400, 'bad_request');
      }
    });

    it('has a page of 0 entries refused, however it is written', async () => {
      const problem = await expectProblem(await call('/api/things?limit=-0'), 400, 'validation_failed');
      expect(fieldsOf(problem)).to.deep.equal(['limit']);
    });

    it('links to the next page with the same query, as a relative reference', async () => {
      const response = await call('/api/things?q=a%20%3E%2C%22&limit=1', { headers: { Host: 'evil.example' } });
      const link = /^<(\/api\/things\?q=a\+%3E%2C%22&limit=1&cursor=[\w-]+)>; rel="next"$/.exec(
        response.headers.get('link') ?? '',
      );
      if (link?.[1] === undefined) throw new Error(`Not the link: ${String(response.headers.get('link'))}`);
      const next = await call(link[1]);
      expect(next.status).to.equal(200);
      expect(next.headers.has('link')).to.equal(false);
      const asked: unknown = stage.asked;
      const page: PageRequest = { limit: 1, after: [1] };
      expect(asked).to.deep.include({ page });
    });

    it('replaces the cursor in the next link', async () => {
      const altered = await call('/api/things?cursor=AAAA');
      await expectProblem(altered, 400, 'invalid_cursor');
    });
  });

  describe('authentication', () => {
    const as = (authorization: string | null) =>
      fetch(`${url}/api/things/${KNOWN}`, { headers: authorization === null ? {} : { authorization } });

    it('answers 401 unauthenticated without a token', async () => {
      const response = await as(null);
      expect(response.headers.get('www-authenticate')).to.equal('Bearer');
      await expectProblem(response, 401, 'unauthenticated');
    });

    it('answers 401 invalid_token to what is no bearer token', async () => {
      for (const header of [
        'Bearer',
        'Bearer ',
        'Basic Z29vZDpnb29k',
        'good',
        'Bearer a b',
        'Bearer "good"',
        'Bearer bad',
        '',
      ]) {
        const response = await as(header);
        expect(response.headers.get('www-authenticate'), header).to.equal('Bearer error="invalid_token"');
        await expectProblem(response, 401, 'invalid_token');
      }
    });

    it('tells an expired token apart', async () => {
      const response = await as('Bearer expired');
      expect(response.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"');
      await expectProblem(response, 401, 'token_expired');
    });

    it('takes the scheme in any case', async () => {
      for (const header of ['bearer good', 'BEARER good', 'Bearer   good'])
        expect((await as(header)).status).to.equal(200);
    });

    it('suggests a refresh when the token is old, and not before', async () => {
      expect((await as('Bearer old')).headers.get('x-token-refresh-suggested')).to.equal('true');
      expect((await as('Bearer good')).headers.has('x-token-refresh-suggested')).to.equal(false);
    });

    it('does not look at the header where anybody may call', async () => {
      expect((await call('/api/named/x', { headers: { Authorization: 'Bearer bad' } })).status).to.equal(200);
    });
  });

  describe('problems', () => {
    const failWith = (fault: unknown) => {
      stage.fault = fault;
      return call('/api/failures?token=secret', { method: 'POST', headers: { 'x-request-id': 'mine' } });
    };

    it('have the shape of RFC 9457', async () => {
      const problem = await expectProblem(await failWith(new DomainError('forbidden', 'Ask a GM.')), 403, 'forbidden');
      expect(problem).to.deep.equal({
        type: 'urn:lazy-foundry:problem:forbidden',
        title: 'Forbidden',
        status: 403,
        detail: 'Ask a GM.',
        instance: '/api/failures',
        code: 'forbidden',
        requestId: 'mine',
      });
    });

    it('list the faults of a 400', async () => {
      const fault = new DomainError('validation_failed', 'name is required.', [
        { field: 'name', message: 'is required' },
      ]);
      const problem = await expectProblem(await failWith(fault), 400, 'validation_failed');
      expect(problem.errors).to.deep.equal([{ field: 'name', message: 'is required' }]);
    });

    it('map every kind of fault to its status', async () => {
      const statuses: readonly [ErrorCode, number][] = [
        ['invalid_cursor', 400],
        ['invalid_credentials', 401],
        ['forbidden', 403],
        ['not_found', 404],
        ['email_taken', 409],
        ['version_conflict', 412],
        ['unavailable', 503],
      ];
      for (const [code, status] of statuses)
        await expectProblem(await failWith(new DomainError(code, 'x')), status, code);
    });

    it('challenge on every 401', async () => {
      const response = await failWith(new DomainError('invalid_credentials', 'Wrong.'));
      expect(response.headers.get('www-authenticate')).to.equal('Bearer');
    });

    it('are the same for a foreign id and a random one', async () => {
      const bodies = await Promise.all(
        [FOREIGN, '0198a000-0000-7000-8000-00000000dead', 'no-id'].map(async (each) => {
          const response = await call(`/api/things/${each}`, { headers: { 'x-request-id': 'same' } });
          return (await response.text()).replace(each, '');
        }),
      );
      expect(new Set(bodies).size).to.equal(1);
      expect(bodies[0]).to.include('"code":"not_found"');
    });

    it('say nothing of an unexpected error, which is logged with its causes', async () => {
      const cause = Object.assign(new Error('password of postgres is hunter2'), { code: '28P01' });
      const response = await failWith(new TypeError('secret internals', { cause }));
      const problem = await expectProblem(response, 500, 'internal');
      expect(JSON.stringify(problem)).not.to.match(/secret|hunter2|TypeError|28P01|at /);
      const { level, fields } = lineOf('unexpected_error');
      expect(level).to.equal('error');
      expect(fields).to.include({ requestId: 'mine', route: '/api/failures', method: 'POST' });
      expect(fields).to.have.nested.property('errors[0].message', 'secret internals');
      expect(fields).to.have.nested.property('errors[0].stack').that.includes('http-app.test');
      expect(fields).to.have.nested.property('errors[1].code', '28P01');
    });

    it('survive what is thrown and is no error, and one that is its own cause', async () => {
      for (const thrown of ['a string', undefined, { password: 'hunter2' }]) {
        await expectProblem(await failWith(thrown), 500, 'internal');
      }
      expect(JSON.stringify(lines)).not.to.include('hunter2');
      const own = new Error('own');
      own.cause = own;
      await expectProblem(await failWith(own), 500, 'internal');
    });

    it('take a reset connection to the database for a fault of ours', async () => {
      await expectProblem(await failWith(Object.assign(new Error('read'), { code: 'ECONNRESET' })), 500, 'internal');
      expect(lineOf('unexpected_error').level).to.equal('error');
    });

    it('ask to come back later when something is unavailable, and keep why to the log', async () => {
      const response = await failWith(
        new DomainError('unavailable', 'pool of db-7 exhausted', [], { cause: new Error('why') }),
      );
      expect(response.headers.get('retry-after')).to.match(/^\d+$/);
      const problem = await expectProblem(response, 503, 'unavailable');
      expect(problem.detail).not.to.include('db-7');
      expect(lineOf('unavailable').fields).to.have.nested.property('errors[1].message', 'why');
    });

    it('answer HEAD without a body', async () => {
      const response = await call(`/api/things/${FOREIGN}`, { method: 'HEAD' });
      expect(response.status).to.equal(404);
      expect(await response.text()).to.equal('');
    });

    it('do not carry the tag of what was not answered', async () => {
      const response = await call(`/api/things/${FOREIGN}`);
      expect(response.headers.has('etag')).to.equal(false);
      expect(response.headers.get('cache-control')).to.equal('no-store');
    });
  });

  describe('conditional requests', () => {
    const ifNoneMatch = (tag: string, method = 'GET') =>
      call(`/api/things/${KNOWN}`, { method, headers: { 'If-None-Match': tag } });
    const ifMatch = (tag: string, method: string) =>
      call(`/api/things/${KNOWN}`, { method, headers: { 'If-Match': tag } });

    it('answer 304 without a body when the tag is named', async () => {
      for (const tag of ['"3-owner"', 'W/"3-owner"', '*', '"2-owner", "3-owner"', '"a",W/"3-owner"']) {
        const response = await ifNoneMatch(tag);
        expect(response.status, tag).to.equal(304);
        expect(response.headers.get('etag')).to.equal('"3-owner"');
        expect(response.headers.get('cache-control')).to.equal('no-store');
        expect(response.headers.has('content-type')).to.equal(false);
        expect(await response.text()).to.equal('');
      }
      expect((await ifNoneMatch('"3-owner"', 'HEAD')).status).to.equal(304);
    });

    it('answer in full when it is not', async () => {
      for (const tag of ['"2-owner"', '3-owner', '"3-OWNER"', '"3"', '']) {
        const response = await ifNoneMatch(tag);
        expect(response.status, tag).to.equal(200);
        expect(response.headers.get('etag')).to.equal('"3-owner"');
        expect(response.headers.get('cache-control')).to.equal('no-store');
      }
    });

    it('do not make 304 of a change', async () => {
      expect((await ifNoneMatch('"3-owner"', 'PATCH')).status).to.equal(200);
    });

    it('change when If-Match names the version', async () => {
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        for (const tag of ['"3-owner"', '"3"', '*', '"2-gm", "3-gm"']) {
          expect((await ifMatch(tag, method)).status, `${method} ${tag}`).to.be.oneOf([200, 204]);
        }
      }
    });

    it('answer 412 when it does not, or is weak or no tag at all', async () => {
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        for (const tag of ['"2-owner"', 'W/"3-owner"', '3', '"three"', '"3-"', '"3-owner-x"', '', '"*"']) {
          await expectProblem(await ifMatch(tag, method), 412, 'version_conflict');
        }
      }
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

  describe('other origins', () => {
    /** fetch owns the Origin header; node:http sends what it is told. */
    const from = (
      origin: string,
      method = 'GET',
      headers: Record<string, string> = {},
    ): Promise<IncomingHttpHeaders & { status: number }> =>
      new Promise((resolve, reject) => {
        const path = `/api/things/${KNOWN}`;
        nodeRequest(
          { port, host: '127.0.0.1', path, method, headers: { origin, authorization: 'Bearer good', ...headers } },
          (res) => {
            res.resume();
            resolve(Object.assign({}, res.headers, { status: res.statusCode ?? 0 }));
          },
        )
          .on('error', reject)
          .end();
      });

    it('may read answers when they are on the list', async () => {
      const headers = await from(ORIGIN);
      expect(headers['access-control-allow-origin']).to.equal(ORIGIN);
      expect(headers['access-control-allow-credentials']).to.equal('true');
      const exposed = headers['access-control-expose-headers']?.split(',').map((name) => name.trim());
      expect(exposed).to.have.members([
        'ETag',
        'Idempotency-Replayed',
        'Link',
        'Location',
        'RateLimit',
        'RateLimit-Policy',
        'Retry-After',
        'x-request-id',
        'X-Token-Refresh-Suggested',
      ]);
      expect(headers.vary).to.match(/\bOrigin\b/i);
    });

    it('may read problems too', async () => {
      const headers = await from(ORIGIN, 'GET', { authorization: 'Bearer bad' });
      expect(headers).to.include({ status: 401, 'access-control-allow-origin': ORIGIN });
    });

    it('may read nothing when they only look like one', async () => {
      for (const origin of [
        'null',
        '*',
        'https://app.example.org.evil.example',
        'https://app.example.org.',
        'https://evil-app.example.org',
        'https://evilapp.example.org',
        'https://app.example.org@evil.example',
        'https://App.example.org',
        'http://app.example.org',
        'https://app.example.org:444',
        'https://app.example.org/',
        'HTTPS://APP.EXAMPLE.ORG',
        `${ORIGIN}, https://evil.example`,
        `${ORIGIN} `.padEnd(60, 'x'),
      ]) {
        for (const method of ['GET', 'OPTIONS']) {
          const headers = await from(origin, method, { 'access-control-request-method': 'PATCH' });
          expect(
            Object.keys(headers).filter((name) => name.startsWith('access-control')),
            origin,
          ).to.deep.equal([]);
          expect(headers.vary).to.match(/\bOrigin\b/i);
        }
      }
    });

    it('have their preflights answered with our own lists', async () => {
      const headers = await from(ORIGIN, 'OPTIONS', {
        'access-control-request-method': 'PURGE',
        'access-control-request-headers': 'x-evil, authorization',
      });
      expect(headers.status).to.equal(204);
      expect(headers['access-control-allow-origin']).to.equal(ORIGIN);
      expect(headers['access-control-allow-methods']).to.equal('GET,HEAD,POST,PUT,PATCH,DELETE');
      expect(headers['access-control-allow-headers']).to.include('Authorization').and.not.to.include('x-evil');
    });
  });

  describe('a client that goes away', () => {
    it('while it is answered leaves no error behind', async () => {
      let release: () => void = () => undefined;
      stage.hold = new Promise((resolve) => (release = resolve));
      await raw('POST /api/failures HTTP/1.1\r\nHost: x\r\n\r\n', false);
      release();
      await sleep(50);
      expect(lineOf('http_request').fields).to.include({ route: '/api/failures' });
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

function identifyBy(authenticate: Authenticate): Identify {
  return async (token) => {
    const { actor, refreshSuggested } = await authenticate(token);
    return { viewer: actor, refreshSuggested };
  };
}
