import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { apiTokenSecrets } from './api-token-secrets.ts';
import { makeRefreshTokens } from './refresh-tokens.ts';

const { issue, hash } = apiTokenSecrets;

describe('API token secrets', () => {
  it('are lfv_, 64 hexadecimal digits and their checksum in 8', () => {
    for (let i = 0; i < 100; i += 1) {
      const { token } = issue();
      const [, secret = '', sum] = /^lfv_([0-9a-f]{64})([0-9a-f]{8})$/.exec(token) ?? [];
      expect(sum, token).to.equal(crc32(secret).toString(16).padStart(8, '0'));
    }
  });

  it('have 256 random bits, none of them constant', () => {
    const secrets = Array.from({ length: 200 }, () => Buffer.from(issue().token.slice(4, 68), 'hex'));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).to.equal(200);
    for (let bit = 0; bit < 256; bit += 1) {
      const values = new Set(secrets.map((secret) => ((secret[bit >> 3] ?? 0) >> (bit & 7)) & 1));
      expect(values.size, `bit ${bit}`).to.equal(2);
    }
  });

  it('are stored as their SHA-256, and known by their first 12 characters', () => {
    const { token, hash: stored, prefix } = issue();
    expect(stored).to.equal(createHash('sha256').update(token).digest('base64url'));
    expect(stored).to.equal(hash(token));
    expect(prefix).to.equal(token.slice(0, 12));
    expect(prefix).to.match(/^lfv_[0-9a-f]{8}$/);
  });

  it('keep a checksum that begins with zeros at its length', () => {
    const token = Array.from({ length: 5000 }, () => issue().token).find((each) => each.slice(68).startsWith('0'));
    expect(token).to.have.lengthOf(76);
    expect(hash(token ?? '')).not.to.equal(null);
  });

  it('are not known with any one character altered, missing or doubled', () => {
    const { token } = issue();
    for (let at = 0; at < token.length; at += 1) {
      const before = token.slice(0, at);
      const after = token.slice(at + 1);
      const others = Array.from('0123456789abcdefgA -').filter((each) => each !== token[at]);
      for (const other of others) expect(hash(before + other + after), `${at} ${other}`).to.equal(null);
      expect(hash(before + after), `without ${at}`).to.equal(null);
      expect(hash(before + (token[at] ?? '').repeat(2) + after), `doubled ${at}`).to.equal(null);
    }
  });

  it('are not known in capitals, with anything around them, or of another form', () => {
    const { token } = issue();
    const refreshToken = makeRefreshTokens({ key: new Uint8Array(32), previousKey: null, lifetimeMs: 1 }).issue().token;
    for (const text of [
      token.toUpperCase(),
      token.replace('lfv_', 'LFV_'),
      ` ${token}`,
      `${token}\n`,
      `${token}\0`,
      token.slice(4),
      `ghp_${token.slice(4)}`,
      `lfv_${refreshToken}`,
      'lfv_',
      '',
      `lfv_${'0'.repeat(72)}`,
    ]) {
      expect(hash(text), JSON.stringify(text)).to.equal(null);
    }
  });
});
