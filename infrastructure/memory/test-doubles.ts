import type { AccessTokens } from '../../core/auth/access-tokens.ts';
import type { ApiTokenSecrets } from '../../core/auth/api-token-secrets.ts';
import type { IssuedToken, RefreshTokens } from '../../core/auth/refresh-tokens.ts';
import { DomainError } from '../../core/shared/errors.ts';
import type { Ids } from '../../core/shared/ids.ts';
import type { PasswordHasher, PasswordStrength } from '../../core/users/password.ts';

/** What the core asks of cryptography and chance, so predictable and fast that it is for tests only. */

export function makeSequentialIds(): Ids {
  let count = 0;
  return {
    next: () => {
      count += 1;
      return `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`;
    },
  };
}

export interface FastHasher extends PasswordHasher {
  /** Every hash that `verify` was given, in order. */
  readonly verified: readonly (string | null)[];
  /** From now on hashes are stronger, and those of before outdated. */
  strengthen(): void;
}

export function makeFastHasher(): FastHasher {
  const verified: (string | null)[] = [];
  let strength = 1;
  const isOutdated = (hash: string): boolean => !hash.startsWith(`$plain$s=${strength}$`);
  return {
    verified,
    strengthen: () => {
      strength += 1;
    },
    hash: (password) => Promise.resolve(`$plain$s=${strength}$${password}`),
    verify: (password, hash) => {
      verified.push(hash);
      return Promise.resolve(hash !== null && hash.replace(/^\$plain\$s=\d+\$/, '') === password);
    },
    isOutdated,
  };
}

/** Of which these are guessable, in whatever case. */
export function makePlainPasswordStrength(guessable: readonly string[]): PasswordStrength {
  const folded = new Set(guessable.map((password) => password.toLowerCase()));
  return { isGuessable: (password) => Promise.resolve(folded.has(password.toLowerCase())) };
}

export function makePlainApiTokenSecrets(): ApiTokenSecrets {
  let count = 0;
  const hashOf = (token: string): string => `hash of ${token}`;
  return {
    issue: () => {
      count += 1;
      const token = `lfv_secret-${count}`;
      return { token, hash: hashOf(token), prefix: token.slice(0, 5) };
    },
    hash: (text) => (text.startsWith('lfv_') ? hashOf(text) : null),
  };
}

export interface PlainRefreshTokens extends RefreshTokens {
  /** As when the server's key is rotated, once: the successors of before can be derived from the previous key. */
  changeKey(): void;
  /** As when the rotation is over: the previous key is gone. */
  forgetPreviousKey(): void;
}

export function makePlainRefreshTokens(lifetimeMs: number): PlainRefreshTokens {
  let count = 0;
  let key = 1;
  let previousKey: number | null = null;
  const hash = (token: string): string => `hash of ${token}`;
  const issued = (token: string): IssuedToken => ({ token, hash: hash(token) });
  return {
    lifetimeMs,
    hash,
    changeKey: () => {
      previousKey = key;
      key += 1;
    },
    forgetPreviousKey: () => {
      previousKey = null;
    },
    issue: () => {
      count += 1;
      return issued(`refresh-${count}`);
    },
    successor: (token) => issued(`${token}.${key}`),
    previousSuccessor: (token) => (previousKey === null ? null : issued(`${token}.${previousKey}`)),
  };
}

export function makePlainAccessTokens(lifetimeMs: number): AccessTokens {
  return {
    sign: (signIn, now) => Promise.resolve(['access', signIn.userId, signIn.id, now.getTime()].join('|')),
    verify: async (token, now) => {
      const [, userId, signInId, time] = await Promise.resolve(token.split('|'));
      if (userId === undefined || signInId === undefined || time === undefined) {
        throw new DomainError('invalid_token', 'This access token is not valid.');
      }
      const issuedAt = new Date(Number(time));
      const expiresAt = new Date(issuedAt.getTime() + lifetimeMs);
      if (expiresAt <= now) throw new DomainError('token_expired', 'This access token has expired.');
      return { userId, signInId, issuedAt, expiresAt };
    },
  };
}
