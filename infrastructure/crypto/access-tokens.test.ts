import { expect } from 'chai';
import { type JWTPayload, SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { processorTime } from '../../test/support/processor-time.ts';
import { codeOf, faultOf } from '../contracts/fault-of.ts';
import { makeAccessTokens } from './access-tokens.ts';
import { makeRefreshTokens } from './refresh-tokens.ts';

const KEY = new Uint8Array(64).fill(1);
const OLD_KEY = new Uint8Array(64).fill(2);
const STRANGE_KEY = new Uint8Array(64).fill(3);
const SIGN_IN = { id: '01939c5e-7b1f-7cc3-9a3e-2f0d3f9a12c4', userId: '01939c5e-7b1f-7cc3-9a3e-2f0d3f9a12c5' };
const NOW = new Date('2026-11-23T19:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const tokens = makeAccessTokens({ key: KEY, previousKey: null, lifetimeMs: 15 * MINUTE });

function later(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds);
}

const CLAIMS = {
  sub: SIGN_IN.userId,
  sid: SIGN_IN.id,
  iss: 'lazy-foundry',
  aud: 'lazy-foundry-api',
  iat: NOW.getTime() / SECOND,
  exp: NOW.getTime() / SECOND + 900,
};

interface Forgery {
  readonly alg?: string;
  /** Null: none. */
  readonly typ?: string | null;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: Uint8Array;
}

/** A token as ours, but for what is said, and signed all the same. */
function forge({ alg = 'HS256', typ = 'at+jwt', claims = {}, key = KEY }: Forgery = {}): Promise<string> {
  const payload: JWTPayload = { ...CLAIMS, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg, ...(typ !== null && { typ }) }).sign(key);
}

function without(claim: string): Readonly<Record<string, unknown>> {
  return { [claim]: undefined };
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('access tokens', () => {
  it('are JWTs of HS256 and the type at+jwt, with nothing in them but what is needed', async () => {
    const token = await tokens.sign(SIGN_IN, NOW);
    expect(decodeProtectedHeader(token)).to.deep.equal({ alg: 'HS256', typ: 'at+jwt' });
    expect(decodeJwt(token)).to.deep.equal(CLAIMS);
  });

  it('tell whose they are, and from when to when they hold', async () => {
    const claims = {
      userId: SIGN_IN.userId,
      signInId: SIGN_IN.id,
      issuedAt: NOW,
      expiresAt: later(15 * MINUTE),
    };
    expect(await tokens.verify(await tokens.sign(SIGN_IN, NOW), NOW)).to.deep.equal(claims);
    // Which shows too that a forgery without a fault is taken: every one below is refused for its fault.
    expect(await tokens.verify(await forge(), NOW)).to.deep.equal(claims);
  });

  it('hold to the last second, and are then expired', async () => {
    const token = await tokens.sign(SIGN_IN, NOW);
    expect(await tokens.verify(token, later(15 * MINUTE - SECOND))).to.include({ userId: SIGN_IN.userId });
    for (const time of [15 * MINUTE, 60 * MINUTE]) {
      expect(await codeOf(tokens.verify(token, later(time)))).to.equal('token_expired');
    }
  });

  it('do not hold before they are issued, but for a minute that clocks may differ by', async () => {
    const token = await tokens.sign(SIGN_IN, NOW);
    expect(await tokens.verify(token, later(-MINUTE))).to.include({ userId: SIGN_IN.userId });
    // When a clock was set back: who holds one exchanges its refresh token, and is not told to log in again.
    for (const back of [MINUTE + SECOND, 60 * MINUTE, 365 * 24 * 60 * MINUTE]) {
      expect(await codeOf(tokens.verify(token, later(-back)))).to.equal('token_expired');
    }
  });

  it('are refused without a signature', async () => {
    const unsecured = new UnsecuredJWT(CLAIMS).encode();
    const [, payload = '', signature = ''] = (await forge()).split('.');
    for (const header of [
      { alg: 'none', typ: 'at+jwt' },
      { alg: 'None', typ: 'at+jwt' },
      { alg: 'HS256', typ: 'at+jwt' },
    ]) {
      expect(await codeOf(tokens.verify(`${base64url(header)}.${payload}.`, NOW)), header.alg).to.equal(
        'invalid_token',
      );
    }
    const none = base64url({ alg: 'none', typ: 'at+jwt' });
    expect(await codeOf(tokens.verify(`${none}.${payload}.${signature}`, NOW))).to.equal('invalid_token');
    expect(await codeOf(tokens.verify(unsecured, NOW))).to.equal('invalid_token');
  });

  for (const alg of ['HS384', 'HS512']) {
    it(`are refused with another algorithm, though with the right key: ${alg}`, async () => {
      expect(await codeOf(tokens.verify(await forge({ alg }), NOW))).to.equal('invalid_token');
    });
  }

  for (const typ of ['JWT', 'rt+jwt', '', null]) {
    it(`are refused with another type: ${JSON.stringify(typ)}`, async () => {
      expect(await codeOf(tokens.verify(await forge({ typ }), NOW))).to.equal('invalid_token');
    });
  }

  it('are refused from another issuer, and for another audience', async () => {
    for (const claims of [
      { iss: 'someone-else' },
      { iss: '' },
      { iss: ['lazy-foundry'] },
      { aud: 'another-api' },
      { aud: [] },
      { aud: ['another-api', 'and-another'] },
    ]) {
      expect(await codeOf(tokens.verify(await forge({ claims }), NOW)), JSON.stringify(claims)).to.equal(
        'invalid_token',
      );
    }
  });

  for (const claim of Object.keys(CLAIMS)) {
    it(`are refused without the claim ${claim}`, async () => {
      expect(await codeOf(tokens.verify(await forge({ claims: without(claim) }), NOW))).to.equal('invalid_token');
    });
  }

  it('are refused when the user or the sign-in is no UUID', async () => {
    const values = [
      '',
      'anna',
      `${SIGN_IN.userId}0`,
      ` ${SIGN_IN.userId}`,
      `${SIGN_IN.userId}\n`,
      "' or 1=1 --",
      7,
      null,
    ];
    for (const value of [...values, [SIGN_IN.userId], { id: SIGN_IN.userId }, true]) {
      for (const claim of ['sub', 'sid']) {
        const forged = await forge({ claims: { [claim]: value } });
        expect(await codeOf(tokens.verify(forged, NOW)), JSON.stringify({ [claim]: value })).to.equal('invalid_token');
      }
    }
  });

  it('are refused when a time is no number', async () => {
    for (const claims of [{ exp: '2999999999' }, { iat: 'now' }, { exp: null }, { iat: {} }]) {
      expect(await codeOf(tokens.verify(await forge({ claims }), NOW)), JSON.stringify(claims)).to.equal(
        'invalid_token',
      );
    }
  });

  it('are refused when they are signed with a strange key, expired or not', async () => {
    const strange = await forge({ key: STRANGE_KEY });
    expect(await codeOf(tokens.verify(strange, NOW))).to.equal('invalid_token');
    expect(await codeOf(tokens.verify(strange, later(60 * MINUTE)))).to.equal('invalid_token');
  });

  describe('while the key is rotated', () => {
    const before = makeAccessTokens({ key: OLD_KEY, previousKey: null, lifetimeMs: 15 * MINUTE });
    const during = makeAccessTokens({ key: KEY, previousKey: OLD_KEY, lifetimeMs: 15 * MINUTE });

    it('are taken with the key before it', async () => {
      expect(await during.verify(await before.sign(SIGN_IN, NOW), NOW)).to.include({ userId: SIGN_IN.userId });
      expect(await codeOf(tokens.verify(await before.sign(SIGN_IN, NOW), NOW))).to.equal('invalid_token');
    });

    it('are signed with the new key only', async () => {
      const token = await during.sign(SIGN_IN, NOW);
      expect(await tokens.verify(token, NOW)).to.include({ userId: SIGN_IN.userId });
      expect(await codeOf(before.verify(token, NOW))).to.equal('invalid_token');
    });

    it('are held to every rule with the key before it too', async () => {
      const token = await before.sign(SIGN_IN, NOW);
      expect(await codeOf(during.verify(token, later(15 * MINUTE)))).to.equal('token_expired');
      for (const forgery of [{ typ: 'JWT' }, { alg: 'HS512' }, { claims: { sub: 'anna' } }, { claims: { aud: 'x' } }]) {
        const forged = await forge({ ...forgery, key: OLD_KEY });
        expect(await codeOf(during.verify(forged, NOW)), JSON.stringify(forgery)).to.equal('invalid_token');
      }
      expect(await codeOf(during.verify(await forge({ key: STRANGE_KEY }), NOW))).to.equal('invalid_token');
    });
  });

  it('are refused when any bit of the signature is another', async () => {
    const [header = '', payload = '', signature = ''] = (await tokens.sign(SIGN_IN, NOW)).split('.');
    for (let bit = 0; bit < 256; bit += 1) {
      const bytes = Buffer.from(signature, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const altered = [header, payload, bytes.toString('base64url')].join('.');
      expect(await codeOf(tokens.verify(altered, NOW)), String(bit)).to.equal('invalid_token');
    }
  });

  it('are refused when any character of what is signed is another, or missing', async () => {
    const token = await tokens.sign(SIGN_IN, NOW);
    const end = token.lastIndexOf('.');
    for (let at = 0; at < end; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      for (const altered of [
        `${token.slice(0, at)}${other}${token.slice(at + 1)}`,
        token.slice(0, at) + token.slice(at + 1),
      ]) {
        expect(await codeOf(tokens.verify(altered, NOW)), String(at)).to.equal('invalid_token');
      }
    }
  });

  it('are refused when they are something else altogether', async () => {
    const refreshToken = makeRefreshTokens({ key: KEY, previousKey: null, lifetimeMs: MINUTE }).issue().token;
    const apiToken = `lfv_${refreshToken}`;
    for (const text of [
      refreshToken,
      apiToken,
      '',
      '.',
      '..',
      '...',
      'null',
      'ü',
      '\0',
      '{}',
      'a.b.c',
      'e30.e30.e30',
    ]) {
      expect(await codeOf(tokens.verify(text, NOW)), text).to.equal('invalid_token');
    }
  });

  it('are refused at once when they are a megabyte long', async () => {
    const mebibyte = 1024 * 1024;
    const [header = '', , signature = ''] = (await forge()).split('.');
    const megabytes = [
      'a'.repeat(mebibyte),
      '.'.repeat(mebibyte),
      'a.'.repeat(mebibyte / 2),
      `${header}.${'a'.repeat(mebibyte)}.${signature}`,
      `${'a'.repeat(mebibyte)}.e30.${signature}`,
      `${header}.e30.${'a'.repeat(mebibyte)}`,
    ];
    const time = await processorTime(async () => {
      for (const long of megabytes) {
        expect(await codeOf(tokens.verify(long, NOW)), long.slice(0, 20)).to.equal('invalid_token');
      }
    });
    expect(time).to.be.lessThan(2000);
  });

  it('are never repeated in the message that refuses them', async () => {
    const expired = await forge();
    const altered = `${expired.slice(0, -5)}AAAAA`;
    for (const [token, now] of [
      [expired, later(60 * MINUTE)],
      [altered, NOW],
    ] as const) {
      const { message, cause } = await faultOf(tokens.verify(token, now));
      for (const part of token.split('.')) expect(`${message} ${String(cause)}`).not.to.include(part);
    }
  });
});
