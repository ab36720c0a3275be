import type { Identify } from '../../core/auth/identify.ts';
import { EventEmitter, once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { expect } from 'chai';
import { makeHttpApp } from '../../adapters/http/http-app.ts';
import { type HttpServer, startHttpServer } from '../../adapters/http/http-server.ts';
import { makeCursors } from '../../adapters/operations/cursor.ts';
import type { Authenticate } from '../../core/auth/authenticate.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { LogFields, Logger } from '../../core/shared/logger.ts';
import { isObject } from './api-clients.ts';
import type { JsonObject } from './contract.ts';
import { type Stage, thingOperations } from './thing-operations.ts';

/** The one origin that may read answers. */
export const ORIGIN = 'https://app.example.org';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

interface ThingApp {
  readonly stage: Stage['stage'];
  /** What the app logged in the present test. */
  readonly lines: Line[];
  /** @throws Error where no such line was logged */
  lineOf(event: string): Line;
  /** As lineOf, once it was logged. */
  logged(event: string): Promise<Line>;
  server(): HttpServer;
  /** As Anna, unless the headers say otherwise. */
  call(path: string, init?: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }): Promise<Response>;
  /** Sends the text as JSON. */
  post(path: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Response>;
  /** Writes bytes as they are, and answers what comes back until the server closes the connection. */
  raw(bytes: string): Promise<string>;
  /** Writes bytes as they are, and is gone when `until` resolves. */
  leave(bytes: string, until?: Promise<unknown>): Promise<void>;
}

/** The HTTP app over `thingOperations`, which the tests of the `describe` that calls this share. */
export function useThingApp(): ThingApp {
  let server: HttpServer | null = null;
  const stage: Stage['stage'] = { fault: null, asked: null, hold: null };
  const lines: Line[] = [];
  const log = new EventEmitter();

  before(async () => {
    server = await startThingApp(stage, (line) => {
      lines.push(line);
      log.emit('line');
    });
  });
  beforeEach(() => {
    lines.length = 0;
    Object.assign(stage, { fault: null, asked: null, hold: null });
  });
  after(async () => {
    await running().stop();
  });

  const running = (): HttpServer => {
    if (server === null) throw new Error('The app starts before the first test.');
    return server;
  };
  const call: ThingApp['call'] = (path, { headers, ...init } = {}) =>
    fetch(`${running().url}${path}`, { ...init, headers: { Authorization: 'Bearer good', ...headers } });
  const lineOf = (event: string): Line => {
    const line = lines.find((each) => each.event === event);
    if (line === undefined) throw new Error(`No line ${event} among ${JSON.stringify(lines)}`);
    return line;
  };
  const opened = (bytes: string): Socket => {
    const socket = connect(running().port, '127.0.0.1');
    socket.on('error', () => undefined).write(bytes, 'latin1');
    return socket;
  };
  return {
    stage,
    lines,
    lineOf,
    logged: async (event) => {
      while (!lines.some((each) => each.event === event)) await once(log, 'line');
      return lineOf(event);
    },
    server: running,
    call,
    post: (path, body, headers = {}) =>
      call(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } }),
    raw: async (bytes) => {
      const socket = opened(bytes);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      await once(socket, 'close');
      return answer;
    },
    leave: async (bytes, until) => {
      const socket = opened(bytes);
      await once(socket, 'connect');
      await until;
      // What was written goes out before the connection ends.
      socket.destroySoon();
      await once(socket, 'close');
    },
  };
}

/** The body, once all that makes it a problem is checked. */
export async function expectProblem(response: Response, status: number, code: string): Promise<JsonObject> {
  const text = await response.text();
  expect(response.status, text).to.equal(status);
  expect(response.headers.get('content-type')).to.equal('application/problem+json');
  const problem: unknown = JSON.parse(text);
  if (!isObject(problem)) throw new Error(text);
  expect(problem).to.include({ status, code, type: `urn:lazy-foundry:problem:${code}` });
  return problem;
}

/** The fields that a problem names. */
export function fieldsOf({ errors }: JsonObject): unknown[] {
  return Array.isArray(errors) ? errors.map((each: { field: unknown }) => each.field) : [];
}

function startThingApp(stage: Stage['stage'], write: (line: Line) => void): Promise<HttpServer> {
  const log =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      write({ level, event, fields });
    };
  const logger: Logger = { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
  const cursors = makeCursors(new Uint8Array(32));
  let count = 0;
  const identify: Identify = async (token) => {
    const { actor, refreshSuggested } = await authenticate(token);
    return { viewer: actor, refreshSuggested };
  };
  const app = makeHttpApp({
    endpoints: thingOperations.map((each) => each.bind({ stage }, cursors)),
    authenticate,
    identify,
    readAccessToken: identify,
    logger,
    newRequestId: () => `new-${(count += 1)}`,
    corsOrigins: [ORIGIN],
    trustedProxies: [],
    limiter: null,
    production: false,
    version: '9.9.9',
  });
  return startHttpServer(app, { host: '127.0.0.1', port: 0 });
}

const authenticate: Authenticate = (token) => {
  if (token === 'expired') throw new DomainError('token_expired', 'This token has expired.');
  if (token !== 'good' && token !== 'old') throw new DomainError('invalid_token', 'This is no token of ours.');
  return Promise.resolve({
    actor: { userId: 'anna', signInId: null, scopes: null },
    refreshSuggested: token === 'old',
  });
};
