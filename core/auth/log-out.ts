import { type Clock } from '../shared/clock.ts';
import { type RefreshTokens } from './refresh-tokens.ts';
import { type SignInRepository } from './sign-in-repository.ts';

/** Ends the sign-in that the refresh token belongs to. An unknown token is no error (RFC 7009, section 2.2). */
export type LogOut = (input: { readonly refreshToken: string }) => Promise<void>;

interface Deps {
  readonly signIns: SignInRepository;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
}

export function makeLogOut({ signIns, refreshTokens, clock }: Deps): LogOut {
  return async ({ refreshToken }) => {
    const stored = await signIns.findToken(refreshTokens.hash(refreshToken));
    if (stored !== null) await signIns.end(stored.signIn.id, clock.now());
  };
}
