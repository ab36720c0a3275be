import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Clock } from '../shared/clock.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import { isLive } from './sign-in.ts';
import type { SignInRepository } from './sign-in-repository.ts';

/** Ends the sign-in that the refresh token belongs to. An unknown token is no error (RFC 7009, section 2.2). */
export type LogOut = (input: { readonly refreshToken: string }) => Promise<void>;

interface Deps {
  readonly audit: AuditTrail;
  readonly signIns: SignInRepository;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeLogOut({ audit, signIns, refreshTokens, clock, transaction }: Deps): LogOut {
  return ({ refreshToken }) =>
    transaction.run(async () => {
      const now = clock.now();
      const stored = await signIns.findToken(refreshTokens.hash(refreshToken));
      if (stored === null || !isLive(stored.signIn, now)) return;
      const { id, userId } = stored.signIn;
      await signIns.end(id, now);
      await audit.record({ actorId: userId, action: 'ended', subjectKind: 'sign-in', subjectId: id });
    });
}
