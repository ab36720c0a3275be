import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { authOperations } from '../operations/auth.ts';
import { campaignOperations } from '../operations/campaigns.ts';
import type { Cursors } from '../operations/cursor.ts';
import { healthOperations } from '../operations/health.ts';
import { memberOperations } from '../operations/members.ts';
import type { Endpoint } from '../operations/operation.ts';
import { resultOperations } from '../operations/results.ts';
import { sessionOperations } from '../operations/sessions.ts';
import { userOperations } from '../operations/users.ts';
import { nounOf } from './operation-objects.ts';
import { openApiDocument } from './openapi.ts';

const cursors: Cursors = { encode: () => '', decode: () => [] };

const endpoints: readonly Endpoint[] = [
  ...authOperations.map((each) => each.bind(unasked(each), cursors)),
  ...userOperations.map((each) => each.bind(unasked(each), cursors)),
  ...campaignOperations.map((each) => each.bind(unasked(each), cursors)),
  ...memberOperations.map((each) => each.bind(unasked(each), cursors)),
  ...sessionOperations.map((each) => each.bind(unasked(each), cursors)),
  ...resultOperations.map((each) => each.bind(unasked(each), cursors)),
  ...healthOperations.map((each) => each.bind(unasked(each), cursors)),
];
const document = openApiDocument(endpoints, { version: '1.2.3' });

describe('the OpenAPI document', () => {
  it('covers every operation, under its name and method', () => {
    for (const { spec } of endpoints) {
      const path = document.paths[spec.path.replaceAll(/:(\w+)/g, '{$1}')];
      expect(path?.[spec.method.toLowerCase()]?.operationId).to.equal(spec.name);
      if (spec.alsoMethod === 'PUT') expect(path?.put?.operationId).to.equal(`${spec.name}ByPut`);
    }
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((each) => each.operationId));
    expect(ids.length).to.equal(endpoints.length + endpoints.filter(({ spec }) => spec.alsoMethod === 'PUT').length);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('tells parameters, bodies, answers, faults and who may call', () => {
    const update = document.paths['/api/sessions/{id}']?.patch;
    expect(update?.security).to.deep.equal([{ bearerAuth: ['sessions:write'] }]);
    expect(update?.parameters?.map(({ name, in: place, required }) => [name, place, required])).to.deep.equal([
      ['id', 'path', true],
      ['If-Match', 'header', false],
    ]);
    expect(update?.requestBody?.content['application/json']?.schema.$ref).to.equal(
      '#/components/schemas/UpdateSessionBody',
    );
    expect(Object.keys(update?.responses ?? {})).to.deep.equal([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '413',
      '415',
      '429',
      '500',
      '503',
    ]);
    expect(update?.responses['200']).to.deep.equal({
      description: 'OK',
      headers: {
        'x-request-id': { $ref: '#/components/headers/RequestId' },
        'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
        RateLimit: { $ref: '#/components/headers/RateLimit' },
        'X-Token-Refresh-Suggested': { $ref: '#/components/headers/RefreshSuggested' },
        ETag: { $ref: '#/components/headers/ETag' },
      },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Session' } } },
    });
    expect(document.components.schemas.Session?.properties?.scheduledDate).to.deep.equal({
      type: ['string', 'null'],
      format: 'date-time',
    });
    expect(document.components.schemas.Session?.required).to.include('scheduledDate').and.not.to.include('gmNotes');
  });

  it('tells lists, what is created and what need not be sent again', () => {
    const list = document.paths['/api/campaigns']?.get;
    expect(list?.responses['200']).to.have.nested.property('headers.Link');
    expect(list?.responses['200']).to.have.nested.property('content.application/json.schema.type', 'array');
    const limit = list?.parameters?.find(({ name }) => name === 'limit')?.schema;
    expect(limit).to.include({ type: 'integer', minimum: 1, maximum: 100 });
    expect(limit?.description).to.include('A page of long texts ends sooner');
    expect(document.paths['/api/campaigns']?.post?.responses['201']).to.have.nested.property('headers.Location');
    expect(document.paths['/api/campaigns/{id}']?.get?.responses).to.have.property('304');
    expect(document.paths['/api/auth/login']?.post?.security).to.deep.equal([]);
    const ready = document.paths['/health/ready']?.get?.responses['503'];
    expect(ready).to.have.property('content').that.has.all.keys('application/json', 'application/problem+json');
  });

  it('tells of rate limits, everywhere', () => {
    const login = document.paths['/api/auth/login']?.post?.responses;
    expect(login?.['429']).to.deep.equal({ $ref: '#/components/responses/Problem429' });
    expect(login?.['200']).to.have.nested.property('headers.RateLimit-Policy');
    expect(document.components.responses.Problem429?.headers).to.include.all.keys('RateLimit', 'Retry-After');
    const live = document.paths['/health/live']?.get?.responses;
    expect(live).to.have.property('429');
    expect(live?.['200']).to.have.nested.property('headers.RateLimit');
  });

  it('tells of If-Match on everything that can answer 412, and of what 415 names', () => {
    for (const { spec } of endpoints) {
      const told = document.paths[spec.path.replaceAll(/:(\w+)/g, '{$1}')]?.[spec.method.toLowerCase()];
      const names = told?.parameters?.map(({ name }) => name) ?? [];
      expect(names.includes('If-Match'), spec.name).to.equal(spec.faults?.includes(412) === true);
    }
    expect(document.components.responses.Problem415?.headers).to.include.all.keys('Accept', 'Accept-Encoding');
  });

  it('groups operations by their noun', () => {
    expect(nounOf('/api/campaigns')).to.equal('campaigns');
    expect(nounOf('/api/campaigns/:id/restore')).to.equal('campaigns');
    expect(nounOf('/api/campaigns/:campaignId/sessions')).to.equal('sessions');
    expect(nounOf('/api/campaigns/:campaignId/members/:userId')).to.equal('members');
    expect(nounOf('/api/sessions/:id/results')).to.equal('sessions');
    expect(nounOf('/health/live')).to.equal('health');
  });

  it('satisfies the recommended rules of Redocly', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    // Nobody can send a health check wrongly: a 4xx there would be invented.
    const args = ['redocly', 'lint', file, '--extends', 'recommended', '--skip-rule', 'operation-4xx-response'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { status, stdout, stderr } = spawnSync('npx', [...args, '--max-problems', '20'], { encoding: 'utf8', env });
    rmSync(folder, { recursive: true });
    expect(status, stdout + stderr).to.equal(0);
    expect(stdout + stderr).not.to.include('Warning');
  });
});

/** The document tells what can be told without running: no service is ever asked. */
function unasked<S>(operation: { bind(services: S, cursors: Cursors): Endpoint }): S;
function unasked(): unknown {
  return {};
}
