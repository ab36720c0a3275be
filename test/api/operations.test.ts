import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BooleanSchema, ObjectSchema } from 'yup';
import type { Endpoint } from '../../adapters/operations/operation.ts';
import type { ApiResponse } from '../support/api-clients.ts';
import { type Api, type ApiUser, UNKNOWN_ID, expectProblem, expectStatus, objectAt, startApi } from '../support/api.ts';
import { noteDeclared } from '../support/outcomes.ts';

const REDOCLY = fileURLToPath(new URL('../../node_modules/.bin/redocly', import.meta.url));

describe('the operations', () => {
  let api: Api;
  let endpoints: readonly Endpoint[];
  before(async () => {
    api = await startApi();
    ({ endpoints } = api.application);
    // For the check after the last test of the run that each of these outcomes was seen.
    for (const { spec } of endpoints) noteDeclared(spec);
  });
  after(() => api.close());

  const routesOf = ({ spec }: Endpoint): string[] =>
    [spec.method, ...(spec.alsoMethod === undefined ? [] : [spec.alsoMethod])].map((verb) => `${verb} ${spec.path}`);
  const call = (user: ApiUser | null, route: string, text?: string): Promise<ApiResponse> => {
    const [method = '', template = ''] = route.split(' ');
    const path = template.replace(':code', 'dead'.repeat(8)).replaceAll(/:\w+/g, UNKNOWN_ID);
    const client = user === null ? api.anybody : api.as(user);
    return client.sendText(method, path, text);
  };
  const isPublic = ({ spec }: Endpoint): boolean => 'public' in spec.access;
  const withBody = (): readonly Endpoint[] => endpoints.filter(({ spec }) => spec.body !== undefined);

  it('are open to anybody in these cases and no others', () => {
    expect(endpoints.filter(isPublic).map(({ spec }) => spec.name)).to.have.members([
      'register',
      'logIn',
      'refreshSignIn',
      'logOut',
      'getInvite',
      'getLive',
      'getReady',
    ]);
  });

  it('say in one way who may call: anybody, who signed in, or who has the scope', () => {
    for (const { spec } of endpoints) {
      expect(Object.keys(spec.access), spec.name).to.have.length(1);
      if ('scope' in spec.access) {
        const [, verb] = spec.access.scope.split(':');
        expect(verb, spec.name).to.equal(spec.method === 'GET' ? 'read' : 'write');
        expect(spec.path, spec.name).not.to.match(/^\/api\/auth\//);
      } else {
        expect(spec.path, spec.name).to.match(/^\/api\/auth\/|^\/api\/invites\/:code$|^\/health\//);
      }
    }
  });

  it('have names of their own, and routes of their own', () => {
    const names = endpoints.map(({ spec }) => spec.name);
    expect(new Set(names).size).to.equal(names.length);
    // Whatever a parameter is called, it is the same route.
    const routes = endpoints.flatMap(routesOf).map((route) => route.replaceAll(/:\w+/g, ':'));
    expect(new Set(routes).size).to.equal(routes.length);
  });

  it('declare the parameters that their paths name, and no others', () => {
    for (const { spec } of endpoints) {
      const named = [...spec.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      const declared = spec.params instanceof ObjectSchema ? Object.keys(spec.params.fields) : [];
      expect(declared, spec.name).to.have.members(named);
    }
  });

  it('that take parameters can tell that there is nothing, and that change by version that there is another', () => {
    for (const { spec, response } of endpoints) {
      if (spec.params !== undefined) expect(spec.faults, spec.name).to.include(404);
      if (spec.method === 'PATCH' && response.etag) expect(spec.faults, spec.name).to.include(412);
    }
  });

  it('take no field that is not declared', () => {
    for (const { spec } of endpoints) {
      for (const schema of [spec.body, spec.query]) {
        if (schema !== undefined)
          expect(schema.isValidSync({ undeclared: 1 }, { strict: true }), spec.name).to.equal(false);
      }
    }
  });

  it('answer 401 without a token, all but the public ones, whatever is sent', async () => {
    for (const route of endpoints.filter((each) => !isPublic(each)).flatMap(routesOf)) {
      for (const text of [undefined, '{}', '{"broken']) {
        if (text !== undefined && route.startsWith('GET')) continue;
        expectProblem(await call(null, route, text), 401, 'unauthenticated');
      }
    }
  });

  it('answer 401 with a token that is none, all but the public ones', async () => {
    const nobody = { ...(await api.newUser()), token: 'not.a.token' };
    for (const endpoint of endpoints) {
      for (const route of routesOf(endpoint)) {
        const response = await call(nobody, route);
        if (isPublic(endpoint)) expect(response.status, route).not.to.equal(500);
        else expectProblem(response, 401, 'invalid_token');
      }
    }
  });

  it('never answer 5xx to a body that is malformed, nor write anything', async () => {
    const user = await api.newUser();
    const before = await api.fingerprint();
    const nested = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
    const list = `{"a":${'['.repeat(40)}${']'.repeat(40)}}`;
    for (const endpoint of withBody()) {
      for (const route of routesOf(endpoint)) {
        for (const [text, code, reason] of [
          ['{', 'invalid_json', 'JSON'],
          ['{"a":1,}', 'invalid_json', 'JSON'],
          ["{'a':1}", 'invalid_json', 'JSON'],
          ['[]', 'invalid_json', 'JSON'],
          ['null', 'invalid_json', 'JSON'],
          ['"text"', 'invalid_json', 'JSON'],
          ['{"a":NaN}', 'invalid_json', 'JSON'],
          ['\u00a0{}', 'invalid_json', 'JSON'],
          ['{"undeclared":1}', 'validation_failed', 'not a field'],
          ['{"__proto__":{"a":1}}', 'validation_failed', 'not a field'],
          ['{"constructor":{"prototype":{"a":1}}}', 'validation_failed', 'not a field'],
          ['{"a":"\\u0000"}', 'validation_failed', 'NUL'],
          ['{"\\u0000":1}', 'validation_failed', 'NUL'],
          ['{"a":"\\ud800"}', 'validation_failed', 'well-formed'],
          ['{"a":1e999}', 'validation_failed', 'must be a number'],
          [nested, 'validation_failed', 'nested'],
          [list, 'validation_failed', 'nested'],
        ] as const) {
          const response = await call(user, route, text);
          expect([response.status, response.body.code], `${route} ${text}`).to.deep.equal([400, code]);
          // Refused for what is wrong with it, and not for want of a field.
          expect(response.body.detail, `${route} ${text}`).to.include(reason);
        }
      }
    }
    expect(await api.fingerprint()).to.equal(before);
  });

  it('refuse every declared field of a body when its type is another, by its name, and write nothing', async () => {
    const user = await api.newUser();
    const before = await api.fingerprint();
    for (const { spec } of withBody()) {
      const fields = spec.body instanceof ObjectSchema ? Object.entries(spec.body.fields) : [];
      for (const [field, schema] of fields) {
        const another = schema instanceof BooleanSchema ? 'true' : true;
        for (const wrong of [another, { a: 1 }, [[]], -1.5]) {
          const text = JSON.stringify({ [field]: wrong });
          const response = await call(user, `${spec.method} ${spec.path}`, text);
          expectProblem(response, 400, 'validation_failed');
          const { errors } = response.body;
          const named = Array.isArray(errors) ? errors.map((each: { readonly field: string }) => each.field) : [];
          expect(
            named.some((name) => name.split(/[.[]/)[0] === field),
            `${spec.name} ${text}`,
          ).to.equal(true);
        }
      }
    }
    expect(await api.fingerprint()).to.equal(before);
  });

  it('refuse a query that is not declared', async () => {
    const user = await api.newUser();
    for (const { spec } of endpoints.filter((each) => each.spec.query !== undefined)) {
      const path = spec.path.replaceAll(/:\w+/g, UNKNOWN_ID);
      for (const query of ['undeclared=1', '__proto__=1', 'limit=1&limit=2', 'cursor=x&limit=-1', 'limit[]=1']) {
        expectProblem(await api.as(user).get(`${path}?${query}`), 400, 'validation_failed');
      }
      expectProblem(await api.as(user).get(`${path}?cursor=x`), 400, 'invalid_cursor');
    }
  });

  it('are all told by the OpenAPI document that the server gives out, which Redocly finds no fault with', async function () {
    this.timeout(120_000);
    const response = expectStatus(await api.anybody.get('/api/openapi.json'), 200);
    const paths = objectAt(response.body, 'paths');
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(typeof methods === 'object' && methods !== null ? methods : {}).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    expect(told).to.have.members(endpoints.flatMap(routesOf));

    const folder = await mkdtemp(join(tmpdir(), 'lazy-foundry-openapi-'));
    try {
      const file = join(folder, 'openapi.json');
      await writeFile(file, response.text);
      const { status, stdout, stderr } = spawnSync(REDOCLY, ['lint', file, '--extends=recommended'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      });
      expect(status, stdout + stderr).to.equal(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
