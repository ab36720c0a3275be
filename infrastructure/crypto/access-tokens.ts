import { type JWTPayload, SignJWT, errors, jwtVerify } from 'jose';
import type { AccessTokens } from '../../core/auth/access-tokens.ts';
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

/** JWTs (RFC 7519) with one algorithm, and type, issuer and audience checked (RFC 8725). */
export function makeAccessTokens({ key, previousKey, lifetimeMs }: AccessTokenOptions): AccessTokens {
  const verifyWith = (token: string, secret: Uint8Array, now: Date) =>
    jwtVerify(token, secret, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      currentDate: now,
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
    });
  return {
    sign: ({ id, userId }, now) => {
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ sid: id })
        .setProtectedHeader(HEADER)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + Math.floor(lifetimeMs / 1000))
        .sign(key);
    },
    verify: async (token, now) => {
      try {
        const { payload } = await verifyWith(token, key, now).catch((error: unknown) => {
          if (previousKey === null || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
          return verifyWith(token, previousKey, now);
        });
        const { sub, sid, iat, exp, aud } = payload;
        if (aud !== AUDIENCE || !isOurText(token, payload)) throw invalid();
        if (typeof sub !== 'string' || typeof sid !== 'string' || !isId(sub) || !isId(sid)) throw invalid();
        if (iat === undefined || exp === undefined || iat > now.getTime() / 1000 + 60) throw invalid();
        return { userId: sub, signInId: sid, issuedAt: new Date(iat * 1000), expiresAt: new Date(exp * 1000) };
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          throw new DomainError(
            'token_expired',
            'The access token has expired. Exchange the refresh token for another.',
          );
        }
        throw error instanceof DomainError ? error : invalid();
      }
    },
  };
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
