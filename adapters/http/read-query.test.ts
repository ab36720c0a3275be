import { expect } from 'chai';
import type { PageRequest } from '../../core/shared/page.ts';
import { expectProblem, fieldsOf, useThingApp } from '../../test/support/thing-app.ts';

describe('queries of requests', () => {
  const { call, stage } = useThingApp();

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

  it('tells a moment whose plus came as a blank what became of it, and how to write it', async () => {
    for (const since of [
      '2026-01-01T00:00:00+01:00',
      '2026-01-01T00:00:00.123+01:00',
      '2026-01-01t00:00+0530',
      '2026-01-01T00:00:00%2014:00',
      '2026-01-01T00:00:00.123456789+00:00',
      '2026-01-01T00:00:00+01',
    ]) {
      const problem = await expectProblem(await call(`/api/things?since=${since}`), 400, 'validation_failed');
      expect(fieldsOf(problem), since).to.deep.equal(['since']);
      expect(problem.detail, since).to.include('blank').and.to.include('%2B');
    }
    for (const since of ['2026-01-01T00:00:00%2B01:00', '2026-01-01T00:00:00-01:00', '2026-01-01T00:00:00Z']) {
      expect((await call(`/api/things?since=${since}`)).status, since).to.equal(200);
    }
    expect((await call('/api/things?q=2026-01-01T00:00+01')).status).to.equal(200);
    const other = await expectProblem(await call('/api/things?since=last+friday'), 400, 'validation_failed');
    expect(other.detail).not.to.include('%2B');
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
