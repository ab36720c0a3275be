import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { REFRESH_GRACE_MS, type SignIn, type TokenPair, isLive } from './sign-in.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** @throws DomainError `invalid_token`, `refresh_token_reused` */
export type RefreshSignIn = (input: { readonly refreshToken: string }) => Promise<TokenPair>;

interface Deps {
  readonly audit: AuditTrail;
  readonly signIns: SignInRepository;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

type Outcome =
  | { readonly signIn: SignIn; readonly refreshToken: string }
  | { readonly fault: 'invalid_token' | 'refresh_token_reused' };

/** Rotation with reuse detection (RFC 9700, section 4.14.2). */
export function makeRefreshSignIn(deps: Deps): RefreshSignIn {
  const { signIns, accessTokens, transaction, clock } = deps;
  return async ({ refreshToken }) => {
    const now = clock.now();
    // Returned, not thrown, from the transaction: ending a stolen sign-in must be kept.
    const outcome = await transaction.run(() => rotate(deps, refreshToken, now));
    // Whoever adds tokens takes away some that nobody can use any more, but nobody waits for that, nor fails by it.
    void signIns.prune(now).catch(() => undefined);
    if ('fault' in outcome) throw fault(outcome.fault);
    return { token: await accessTokens.sign(outcome.signIn, now), refreshToken: outcome.refreshToken };
  };
}

async function rotate({ audit, signIns, refreshTokens }: Deps, token: string, now: Date): Promise<Outcome> {
  const hash = refreshTokens.hash(token);
  const successor = refreshTokens.successor(token);
  const rotated = await signIns.rotate(hash, successor.hash, now, refreshTokens.lifetimeMs);
  if (rotated !== null) return { signIn: rotated, refreshToken: successor.token };

  const replayed = await signIns.findToken(hash);
  if (replayed?.rotatedAt == null || !isLive(replayed.signIn, now)) return { fault: 'invalid_token' };
  // By either sign: a clock that was set back must not make the grace last for longer.
  if (Math.abs(now.getTime() - replayed.rotatedAt.getTime()) > REFRESH_GRACE_MS) {
    const { id, userId } = replayed.signIn;
    await signIns.end(id, now);
    // Nobody knows who used it: the actor is whom it was given to.
    await audit.record({ actorId: userId, action: 'reused', subjectKind: 'refresh-token', subjectId: id });
    return { fault: 'refresh_token_reused' };
  }
  const candidates = [successor, refreshTokens.previousSuccessor(token)];
  const given = candidates.find((candidate) => candidate?.hash === replayed.successorHash);
  if (given == null || replayed.successorUsed) return { fault: 'invalid_token' };
  return { signIn: replayed.signIn, refreshToken: given.token };
}

function fault(code: 'invalid_token' | 'refresh_token_reused'): DomainError {
  return code === 'refresh_token_reused'
    ? new DomainError(code, 'This refresh token was used before, so its sign-in was ended. Log in again.')
    : new DomainError(code, 'This refresh token is not valid. Log in again.');
}
