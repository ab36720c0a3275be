import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { LogFields } from '../../core/shared/logger.ts';
import type { ProxyNetwork } from '../../core/shared/proxy-network.ts';
import { locateClient } from './client-address.ts';
import type { HttpContext, HttpState } from './http-context.ts';

const NAMED: readonly ProxyNetwork[] = [
  { address: '10.0.0.0', prefix: 8 },
  { address: '2001:db8::7', prefix: 128 },
];

interface Asked {
  readonly peer?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('a proxy', () => {
  let warnings: { readonly event: string; readonly fields: LogFields }[];
  let ask: (asked: Asked) => Promise<void>;

  beforeEach(() => {
    warnings = [];
    const locate = locateClient(NAMED, {
      warn: (event, fields = {}) => {
        warnings.push({ event, fields });
      },
    });
    ask = async ({ peer, path = '/api/auth/login', headers = {} }) => {
      await locate(contextOf(peer, path, headers), () => Promise.resolve());
    };
  });

  for (const headers of [
    { 'x-forwarded-for': '198.51.100.1' },
    { 'x-forwarded-for': '' },
    { 'x-forwarded-for': 'nonsense' },
    { forwarded: 'for=198.51.100.1;proto=https' },
    { 'x-real-ip': '198.51.100.1' },
  ]) {
    it(`that is not named is told of once, with what to set: ${JSON.stringify(headers)}`, async () => {
      for (let n = 0; n < 3; n += 1) await ask({ peer: '::ffff:172.18.0.1', headers });
      await ask({ peer: '192.168.1.1', headers });
      expect(warnings.map(({ event }) => event)).to.deep.equal(['proxy_not_named']);
      expect(warnings[0]?.fields.peer).to.equal('172.18.0.1');
      expect(warnings[0]?.fields.message).to.contain('set TRUST_PROXY=172.18.0.1 and restart');
    });
  }

  it('is told of although a stranger sent such a header before, from any kind of address', async () => {
    const headers = { 'x-forwarded-for': '1.1.1.1' };
    for (const far of ['203.0.113.5', '198.51.100.9', '2001:db8::8']) await ask({ peer: far, headers });
    expect(warnings.map(({ fields }) => fields.peer)).to.deep.equal(['203.0.113.5']);
    for (const near of ['fd12::1', '127.0.0.1', '::1', '172.31.255.1', 'fe80::1%eth0'])
      await ask({ peer: near, headers });
    expect(warnings.map(({ fields }) => fields.peer)).to.deep.equal(['203.0.113.5', 'fd12::1']);
  });

  it('that does not say for whom it asks is told of once', async () => {
    for (const headers of [{}, { 'x-real-ip': '1.1.1.1' }, { 'x-forwarded-for': '198.51.100.1:4711' }]) {
      await ask({ peer: '10.1.2.3', headers });
      await ask({ peer: '2001:db8::7', headers });
    }
    expect(warnings.map(({ event, fields }) => [event, fields.peer])).to.deep.equal([
      ['proxy_is_silent', '10.1.2.3'],
      ['proxy_is_silent', '2001:db8::7'],
    ]);
    expect(warnings[0]?.fields.message).to.contain('X-Forwarded-For');
  });

  it('is not warned of where all is well, or nobody is there', async () => {
    await ask({ peer: '10.1.2.3', headers: { 'x-forwarded-for': '198.51.100.1' } });
    await ask({ peer: '10.1.2.3', headers: { 'x-forwarded-for': '198.51.100.1, 10.0.0.2' } });
    await ask({ peer: '2001:db8::7', headers: { 'x-forwarded-for': '2001:db8::9' } });
    for (const path of ['/health/ready', '/docs', '/']) await ask({ peer: '10.1.2.3', path });
    await ask({ peer: '203.0.113.5' });
    await ask({ peer: '127.0.0.1', headers: { via: '1.1 somewhere', 'user-agent': 'x-forwarded-for' } });
    await ask({ headers: { 'x-forwarded-for': '198.51.100.1' } });
    expect(warnings).to.deep.equal([]);
  });
});

class PeerSocket extends Socket {
  override readonly remoteAddress: string | undefined;
  constructor(peer: string | undefined) {
    super();
    this.remoteAddress = peer;
  }
}

function contextOf(peer: string | undefined, path: string, headers: Readonly<Record<string, string>>): HttpContext {
  const req = new IncomingMessage(new PeerSocket(peer));
  Object.assign(req, { method: 'GET', url: path });
  Object.assign(req.headers, headers);
  return new Koa<HttpState, object>().createContext(req, new ServerResponse(req));
}
