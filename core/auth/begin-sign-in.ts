import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { User } from '../users/user.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { type SignIn, type SignedIn, expiryOf } from './sign-in.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** Begins a sign-in and stores it, in the transaction of the caller; shared by register and log-in. */
export type BeginSignIn = (user: User, userAgent: string | null) => Promise<SignedIn>;

interface Deps {
  readonly audit: AuditTrail;
  readonly signIns: SignInRepository;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly ids: Ids;
  readonly clock: Clock;
}

export function makeBeginSignIn({ audit, signIns, accessTokens, refreshTokens, ids, clock }: Deps): BeginSignIn {
  return async (user, userAgent) => {
    const now = clock.now();
    const first = refreshTokens.issue();
    const signIn: SignIn = {
      id: ids.next(),
      userId: user.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: expiryOf(now, now, refreshTokens.lifetimeMs),
      userAgent: userAgent?.slice(0, 255) ?? null,
      endedAt: null,
    };
    await signIns.add(signIn, first.hash);
    await audit.record({ actorId: user.id, action: 'begun', subjectKind: 'sign-in', subjectId: signIn.id });
    return { user, token: await accessTokens.sign(signIn, now), refreshToken: first.token };
  };
}
