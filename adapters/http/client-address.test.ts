import { expect } from 'chai';
import { makeClientAddress } from './client-address.ts';

const addressOf = makeClientAddress([
  { address: '10.0.0.0', prefix: 8 },
  { address: '192.0.2.7', prefix: 32 },
  { address: 'fd00::', prefix: 8 },
]);

describe("the client's address", () => {
  it("is the peer's own, whatever the peer says, unless it is a trusted proxy", () => {
    expect(addressOf('203.0.113.5', '198.51.100.1')).to.equal('203.0.113.5');
    expect(addressOf('203.0.113.5', undefined)).to.equal('203.0.113.5');
    expect(addressOf('192.0.2.8', '198.51.100.1')).to.equal('192.0.2.8');
    expect(makeClientAddress([])('127.0.0.1', '198.51.100.1')).to.equal('127.0.0.1');
  });

  it('is what a trusted proxy was called from, and nothing that was written before', () => {
    expect(addressOf('10.1.2.3', '198.51.100.1')).to.equal('198.51.100.1');
    expect(addressOf('192.0.2.7', '198.51.100.1')).to.equal('198.51.100.1');
    expect(addressOf('fd12::1', '198.51.100.1')).to.equal('198.51.100.1');
    expect(addressOf('10.1.2.3', '1.1.1.1, 10.9.9.9, 198.51.100.1')).to.equal('198.51.100.1');
    expect(addressOf('10.1.2.3', ['1.1.1.1', '198.51.100.1'])).to.equal('198.51.100.1');
  });

  it('is found behind a chain of trusted proxies', () => {
    expect(addressOf('10.1.2.3', '1.1.1.1,198.51.100.1,fd00::2 ,\t10.0.0.2')).to.equal('198.51.100.1');
    expect(addressOf('10.1.2.3', '10.0.0.5, 10.0.0.4')).to.equal('10.0.0.5');
  });

  it('is not looked for beyond what is no address', () => {
    for (const garbage of [
      '',
      'unknown',
      '_hidden',
      'localhost',
      '1.2.3',
      '1.2.3.4:80',
      '[::1]',
      '::1::',
      '"x"',
      '%',
    ]) {
      expect(addressOf('10.1.2.3', `198.51.100.1, ${garbage}`), garbage).to.equal('10.1.2.3');
      expect(addressOf('10.1.2.3', `198.51.100.1, ${garbage}, 10.0.0.9`), garbage).to.equal('10.0.0.9');
    }
    expect(addressOf('10.1.2.3', '')).to.equal('10.1.2.3');
    expect(addressOf(undefined, '198.51.100.1')).to.equal('unknown');
  });

  it('is IPv4 where IPv6 only wraps it', () => {
    for (const wrapped of ['::ffff:198.51.100.1', '::FFFF:c633:6401', '0:0:0:0:0:ffff:198.51.100.1']) {
      expect(addressOf(wrapped, undefined), wrapped).to.equal('198.51.100.1');
      expect(addressOf('::ffff:10.1.2.3', wrapped), wrapped).to.equal('198.51.100.1');
    }
  });

  it('is the /64 network of an IPv6 address, however it is written', () => {
    for (const written of [
      '2001:db8:0:1::1',
      '2001:DB8:0:1:ffff:ffff:ffff:ffff',
      '2001:0db8:0000:0001:0:0:0:1',
      '2001:db8:0:1::1%eth0',
      '2001:db8::1:0:0:198.51.100.1',
    ]) {
      expect(addressOf(written, undefined), written).to.equal('2001:db8:0:1::/64');
    }
    expect(addressOf('2001:db8:0:2::1', undefined)).to.equal('2001:db8:0:2::/64');
    expect(addressOf('::1', undefined)).to.equal('0:0:0:0::/64');
    expect(addressOf('1::', undefined)).to.equal('1:0:0:0::/64');
  });
});
