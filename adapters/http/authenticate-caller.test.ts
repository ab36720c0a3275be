import { expect } from 'chai';
import { expectProblem, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';

describe('authentication of requests', () => {
  const { call, server } = useThingApp();

  const as = (authorization: string | null) =>
    fetch(`${server().url}/api/things/${KNOWN}`, { headers: authorization === null ? {} : { authorization } });

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
