import { expect } from 'chai';
import { DomainError, type ErrorCode } from '../../core/shared/errors.ts';
import { expectProblem, useThingApp } from '../../test/support/thing-app.ts';
import { FOREIGN } from '../../test/support/thing-operations.ts';

describe('problems', () => {
  const { call, lineOf, lines, stage } = useThingApp();

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
    expect(fields).to.have.nested.property('errors[0].stack').that.includes('answer-errors.test');
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
