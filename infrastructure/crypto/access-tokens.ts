import type { webcrypto } from 'node:crypto';
import { type JWTPayload, SignJWT, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { AccessClaims, AccessTokens } from '../../core/auth/access-tokens.ts';
import { CLOCK_SKEW_MS } from '../../core/shared/clock.ts';
import { DomainError } from '../../core/shared/errors.ts';

interface AccessTokenOptions {
  readonly key: Uint8Array;
  /** The key before it, while rotating: it verifies and no longer signs. */
  readonly previousKey: Uint8Array | null;
  readonly lifetimeMs: number;
}

const ALGORITHM = 'HS256';
/** RFC 9068's type of an access token; nothing else that is ever signed here carries it. */
const TYPE = 'at+jwt';
const ISSUER = 'lazy-foundry';
const AUDIENCE = 'lazy-foundry-api';
const HEADER = { alg: ALGORITHM, typ: TYPE };
/** Tokens whose signature is known to be good; some 500 bytes each. */
const MAX_KNOWN = 10_000;

/** JWTs (RFC 7519) with one algorithm, and type, issuer and audience checked (RFC 8725). */
export function makeAccessTokens({ key, previousKey, lifetimeMs }: AccessTokenOptions): AccessTokens {
  const known = new LRUCache<string, AccessClaims>({ max: MAX_KNOWN });
  const secret = hmacKey(key);
  const previousSecret = previousKey && hmacKey(previousKey);
  const verifyWith = async (token: string, by: Promise<webcrypto.CryptoKey>, now: Date) =>
    jwtVerify(token, await by, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      currentDate: now,
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
    });
  return {
    sign: async ({ id, userId }, now) => {
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ sid: id })
        .setProtectedHeader(HEADER)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + Math.floor(lifetimeMs / 1000))
        .sign(await secret);
    },
    verify: async (token, now) => {
      // What the signature proves stays true; what depends on the time is checked anew.
      const claims = known.get(token) ?? (await verify(token, now));
      if (claims.expiresAt <= now) throw expired();
      // A clock that was ahead has signed it. It must not live longer for that, and its sign-in is not at fault.
      if (claims.issuedAt.getTime() > now.getTime() + CLOCK_SKEW_MS) throw expired();
      return claims;
    },
  };

  async function verify(token: string, now: Date): Promise<AccessClaims> {
    try {
      const { payload } = await verifyWith(token, secret, now).catch((error: unknown) => {
        if (previousSecret === null || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        return verifyWith(token, previousSecret, now);
      });
      const { sub, sid, iat, exp, aud } = payload;
      if (aud !== AUDIENCE || !isOurText(token, payload)) throw invalid();
      if (typeof sub !== 'string' || typeof sid !== 'string' || !isId(sub) || !isId(sid)) throw invalid();
      if (iat === undefined || exp === undefined) throw invalid();
      const claims = { userId: sub, signInId: sid, issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000) };
      known.set(token, claims);
      return claims;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired();
      throw error instanceof DomainError ? error : invalid();
    }
  }
}

/**
 * Whether the token is to the letter what `sign` writes. So there is no other header to mislead anybody (`kid`, `jku`,
 * `crit` …), no claim twice, and no second spelling of the same bytes in base64url, which Node would read as well.
 */
function isOurText(token: string, payload: JWTPayload): boolean {
  const [header, claims, signature = ''] = token.split('.');
  return (
    header === encoded(JSON.stringify(HEADER)) &&
    claims === encoded(JSON.stringify(payload)) &&
    signature === Buffer.from(signature, 'base64url').toString('base64url')
  );
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function invalid(): DomainError {
  return new DomainError('invalid_token', 'The access token is not valid. Log in again.');
}

function expired(): DomainError {
  return new DomainError('token_expired', 'The access token has expired. Exchange the refresh token for another.');
}

/** Prepared once: for raw bytes jose would do it for each token. */
function hmacKey(bytes: Uint8Array): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('raw', Uint8Array.from(bytes), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
}
