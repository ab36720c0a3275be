import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { RefreshTokens } from '../../core/auth/refresh-tokens.ts';

interface RefreshTokenOptions {
  readonly key: Uint8Array;
  /** The key before it, while rotating: it derives again what it derived before, and nothing new. */
  readonly previousKey: Uint8Array | null;
  readonly lifetimeMs: number;
}

/** 256 random bits; a successor is the HMAC-SHA256 of the token before it, so as many bits that nobody can guess. */
export function makeRefreshTokens({ key, previousKey, lifetimeMs }: RefreshTokenOptions): RefreshTokens {
  const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');
  const issued = (token: string): { token: string; hash: string } => ({ token, hash: hash(token) });
  const derived = (token: string, from: Uint8Array): { token: string; hash: string } =>
    issued(createHmac('sha256', from).update(token).digest('base64url'));
  return {
    lifetimeMs,
    hash,
    issue: () => issued(randomBytes(32).toString('base64url')),
    successor: (token) => derived(token, key),
    previousSuccessor: (token) => (previousKey === null ? null : derived(token, previousKey)),
  };
}
