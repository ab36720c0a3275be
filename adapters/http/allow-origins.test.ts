import { type IncomingHttpHeaders, request } from 'node:http';
import { expect } from 'chai';
import { ORIGIN, useThingApp } from '../../test/support/thing-app.ts';
import { KNOWN } from '../../test/support/thing-operations.ts';

describe('other origins', () => {
  const { server } = useThingApp();

  /** fetch owns the Origin header; node:http sends what it is told. */
  const from = (
    origin: string,
    method = 'GET',
    headers: Record<string, string> = {},
  ): Promise<IncomingHttpHeaders & { status: number }> =>
    new Promise((resolve, reject) => {
      const path = `/api/things/${KNOWN}`;
      request(
        {
          port: server().port,
          host: '127.0.0.1',
          path,
          method,
          headers: { origin, authorization: 'Bearer good', ...headers },
        },
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
