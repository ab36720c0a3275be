import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { deriveKey } from './derive-key.ts';

const SECRET = 'a secret that is long enough for it';

describe('a derived key', () => {
  it('is HKDF-SHA256 of the secret for this purpose: another result would end every sign-in at an update', () => {
    // RFC 5869, section 2: extract with a salt of zeros, then expand to one block.
    const extracted = createHmac('sha256', Buffer.alloc(32)).update(SECRET).digest();
    const expanded = createHmac('sha256', extracted).update('lazy-foundry access tokens\x01').digest();
    expect(Buffer.from(deriveKey(SECRET, 'access tokens')).equals(expanded)).to.equal(true);
  });

  it('has 32 bytes', () => {
    expect(deriveKey('x', 'cursors')).to.be.instanceOf(Uint8Array).and.have.length(32);
  });

  it('is another for each purpose and each secret', () => {
    const keys = ['access tokens', 'refresh tokens', 'cursors']
      .flatMap((purpose) => [deriveKey(SECRET, purpose), deriveKey(`${SECRET}!`, purpose)])
      .map((key) => Buffer.from(key).toString('hex'));
    expect(new Set(keys).size).to.equal(6);
  });
});
