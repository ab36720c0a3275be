import { expect } from 'chai';
import { type Config, readConfig } from './config.ts';
import type { Env } from './setting-reader.ts';

const read = (env: Env): Config => readConfig(env, 'command');

function faultOf(env: Env): string {
  try {
    read(env);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('This should have been refused, and was not.');
}

describe('the configuration of limits', () => {
  it('limits in memory and believes no proxy unless told otherwise', () => {
    const { rateLimit, redisUrl, trustedProxies } = read({});
    expect({ rateLimit, redisUrl, trustedProxies }).to.deep.equal({
      rateLimit: true,
      redisUrl: null,
      trustedProxies: [],
    });
  });

  it('takes quotas, 0 for none, and bytes beyond what fits in 32 bits', () => {
    expect(read({ LIMIT_CAMPAIGNS: '7', LIMIT_SESSIONS: '0', LIMIT_BYTES: '1099511627776' }).limits).to.deep.equal({
      campaigns: 7,
      sessions: null,
      bytes: 1_099_511_627_776,
    });
    for (const name of ['LIMIT_CAMPAIGNS', 'LIMIT_SESSIONS', 'LIMIT_BYTES']) {
      for (const wrong of ['-1', '1.5', '1GiB', 'none', '1e6', '1234567890123456']) {
        expect(faultOf({ [name]: wrong }), `${name} ${wrong}`)
          .to.contain(name)
          .and.contain(wrong);
      }
    }
  });

  it('takes who may register', () => {
    for (const registration of ['open', 'invited', 'closed']) {
      expect(read({ REGISTRATION: registration }).registration).to.equal(registration);
    }
    for (const wrong of ['off', 'Closed', 'invite', 'false']) {
      expect(faultOf({ REGISTRATION: wrong }))
        .to.contain('REGISTRATION')
        .and.contain(wrong);
    }
  });

  it('switches the limits off, and takes nothing but on and off', () => {
    expect(read({ RATE_LIMIT: 'off' }).rateLimit).to.equal(false);
    expect(read({ RATE_LIMIT: 'on' }).rateLimit).to.equal(true);
    expect(faultOf({ RATE_LIMIT: 'of' }))
      .to.contain('RATE_LIMIT')
      .and.contain('"of"');
  });

  it('takes the URL of a Redis, and does not repeat another, which may hold a password', () => {
    for (const url of ['redis://localhost:6379', 'rediss://user:hunter2@cache.example.org:6380/1']) {
      expect(read({ REDIS_URL: url }).redisUrl).to.equal(url);
    }
    for (const url of ['localhost:6379', 'http://user:hunter2@x', 'redis//:hunter2@x', 'redis://:hunter2@x:99999']) {
      expect(faultOf({ REDIS_URL: url }), url)
        .to.contain('REDIS_URL')
        .and.not.contain('hunter2');
    }
  });

  it('takes addresses and networks of proxies, and names each that is none', () => {
    expect(read({ TRUST_PROXY: '10.0.0.7, 10.0.0.0/8,fd00::/8 , ::1' }).trustedProxies).to.deep.equal([
      { address: '10.0.0.7', prefix: 32 },
      { address: '10.0.0.0', prefix: 8 },
      { address: 'fd00::', prefix: 8 },
      { address: '::1', prefix: 128 },
    ]);
    const wrong = [
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.0/',
      'fd00::/129',
      'proxy.example.org',
      '*',
      'true',
      '::1%lo',
      '/8',
    ];
    for (const each of wrong) {
      expect(faultOf({ TRUST_PROXY: `10.0.0.7,${each}` }), each)
        .to.contain(`TRUST_PROXY`)
        .and.contain(`"${each}"`);
    }
  });

  it('does not believe the whole world', () => {
    for (const everybody of ['0.0.0.0/0', '::/0']) {
      expect(faultOf({ TRUST_PROXY: everybody })).to.contain(everybody);
    }
  });
});

describe('the configuration of the cache', () => {
  it('caches answers unless told otherwise, and takes nothing but on and off', () => {
    expect(read({}).cache).to.equal(true);
    expect(read({ CACHE: 'off' }).cache).to.equal(false);
    expect(faultOf({ CACHE: 'memory' }))
      .to.contain('CACHE')
      .and.contain('"memory"');
  });
});
