import { createHash, createHmac, randomBytes } from 'node:crypto';
import { type RefreshTokens } from '../../core/auth/refresh-tokens.ts';

interface RefreshTokenOptions {
  readonly key: Uint8Array;
  readonly lifetimeMs: number;
}

/** 256 random bits; a successor is the HMAC-SHA256 of the token before it, so as many bits that nobody can guess. */
export function makeRefreshTokens({ key, lifetimeMs }: RefreshTokenOptions): RefreshTokens {
  const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');
  const issued = (token: string): { token: string; hash: string } => ({ token, hash: hash(token) });
  return {
    lifetimeMs,
    hash,
    issue: () => issued(randomBytes(32).toString('base64url')),
    successor: (token) => issued(createHmac('sha256', key).update(token).digest('base64url')),
  };
}
