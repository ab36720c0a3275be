import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { makeRefreshTokens } from './refresh-tokens.ts';

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);

function makeTokens(key = KEY, previousKey: Uint8Array | null = null) {
  return makeRefreshTokens({ key, previousKey, lifetimeMs: 1000 });
}

/** For each of the 256 bits, whether all these tokens have the same. */
function constantBits(tokens: readonly string[]): number {
  const bytes = tokens.map((token) => Buffer.from(token, 'base64url'));
  let constant = 0;
  for (let bit = 0; bit < 256; bit += 1) {
    const values = new Set(bytes.map((each) => ((each[bit >> 3] ?? 0) >> (bit & 7)) & 1));
    if (values.size === 1) constant += 1;
  }
  return constant;
}

describe('refresh tokens', () => {
  it('are 256 random bits in base64url, each of them another', () => {
    const { issue } = makeTokens();
    const tokens = Array.from({ length: 200 }, () => issue().token);
    for (const token of tokens) expect(token).to.match(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).to.equal(200);
    expect(constantBits(tokens)).to.equal(0);
  });

  it('owe nothing to the key: the same server never issues the same twice, after a restart neither', () => {
    expect(makeTokens().issue().token).not.to.equal(makeTokens().issue().token);
  });

  it('are stored as their SHA-256 only', () => {
    const { issue, successor, hash } = makeTokens();
    for (const issued of [issue(), successor('a token')]) {
      expect(issued.hash).to.equal(createHash('sha256').update(issued.token).digest('base64url'));
      expect(issued.hash).to.equal(hash(issued.token));
      expect(issued.hash).not.to.include(issued.token);
      expect(Object.keys(issued)).to.have.members(['token', 'hash']);
    }
  });

  it('have one successor each, the same at every asking and on every server that has the key', () => {
    const { issue, successor } = makeTokens();
    const { token } = issue();
    expect(successor(token)).to.deep.equal(successor(token));
    expect(makeTokens().successor(token)).to.deep.equal(successor(token));
    expect(successor(token).token).not.to.equal(token);
  });

  it('have another successor than any other token', () => {
    const { issue, successor } = makeTokens();
    const successors = Array.from({ length: 200 }, () => successor(issue().token).token);
    for (const token of successors) expect(token).to.match(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(successors).size).to.equal(200);
    expect(constantBits(successors)).to.equal(0);
  });

  it('have a successor that nobody without the key can compute', () => {
    const { token } = makeTokens().issue();
    const successor = makeTokens().successor(token).token;
    expect(makeTokens(OTHER_KEY).successor(token).token).not.to.equal(successor);
    expect(createHash('sha256').update(token).digest('base64url')).not.to.equal(successor);
  });

  it('have the successor that the key before it derived, while the key is rotated', () => {
    const { issue, successor, previousSuccessor } = makeTokens();
    const { token } = issue();
    const rotating = makeTokens(OTHER_KEY, KEY);
    expect(previousSuccessor(token)).to.equal(null);
    expect(rotating.previousSuccessor(token)).to.deep.equal(successor(token));
    expect(rotating.successor(token)).to.deep.equal(makeTokens(OTHER_KEY).successor(token));
  });

  it('last as long as they are configured to', () => {
    expect(makeTokens().lifetimeMs).to.equal(1000);
  });
});
