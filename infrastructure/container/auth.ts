import { authOperations } from '../../adapters/operations/auth.ts';
import { type AccessTokens } from '../../core/auth/access-tokens.ts';
import { type Authenticate, makeAuthenticate } from '../../core/auth/authenticate.ts';
import { makeBeginSignIn } from '../../core/auth/begin-sign-in.ts';
import { makeChangePassword } from '../../core/auth/change-password.ts';
import { makeEndSignIn } from '../../core/auth/end-sign-in.ts';
import { makeListSignIns } from '../../core/auth/list-sign-ins.ts';
import { makeLogIn } from '../../core/auth/log-in.ts';
import { makeLogOutEverywhere } from '../../core/auth/log-out-everywhere.ts';
import { makeLogOut } from '../../core/auth/log-out.ts';
import { makeRefreshSignIn } from '../../core/auth/refresh-sign-in.ts';
import { type RefreshTokens } from '../../core/auth/refresh-tokens.ts';
import { makeRegister } from '../../core/auth/register.ts';
import { makeAccessTokens } from '../crypto/access-tokens.ts';
import { deriveKey } from '../crypto/derive-key.ts';
import { makeRefreshTokens } from '../crypto/refresh-tokens.ts';
import { makeSignInQueries } from '../database/sign-in-queries.ts';
import { tellingFaults } from '../database/telling-faults.ts';
import { RefreshTokenRow, SignInRow, makeSignInRepository } from '../database/sign-in-repository.ts';
import { type Feature, token } from './binder.ts';
import { CLOCK, CONFIG, DATABASE, IDS, SECRETS, TRANSACTION } from './shared.ts';
import { COMMON_PASSWORDS, HASHER, PREPARE_USER, USERS } from './users.ts';

export const AUTHENTICATE = token<Authenticate>('authenticate');
const ACCESS_TOKENS = token<AccessTokens>('access tokens');
const REFRESH_TOKENS = token<RefreshTokens>('refresh tokens');

export const auth: Feature = {
  rows: [SignInRow, RefreshTokenRow],
  register: ({ provide, make, serve }) => {
    provide(ACCESS_TOKENS, { config: CONFIG, secrets: SECRETS }, ({ config, secrets }) =>
      makeAccessTokens({
        key: deriveKey(secrets.current, 'access tokens'),
        previousKey: secrets.previous === null ? null : deriveKey(secrets.previous, 'access tokens'),
        lifetimeMs: config.accessTokenMs,
      }),
    );
    provide(REFRESH_TOKENS, { config: CONFIG, secrets: SECRETS }, ({ config, secrets }) =>
      makeRefreshTokens({ key: deriveKey(secrets.current, 'refresh tokens'), lifetimeMs: config.refreshTokenMs }),
    );
    const signIns = make({ database: DATABASE }, ({ database }) => makeSignInRepository(database));
    const queries = make({ database: DATABASE }, ({ database }) => makeSignInQueries(database));
    provide(AUTHENTICATE, { accessTokens: ACCESS_TOKENS, signIns: queries, clock: CLOCK }, (dependencies) => {
      const authenticate = makeAuthenticate(dependencies);
      return (accessToken) => tellingFaults(() => authenticate(accessToken));
    });

    const tokens = { accessTokens: ACCESS_TOKENS, refreshTokens: REFRESH_TOKENS };
    const passwords = { hasher: HASHER, users: USERS };
    const transaction = TRANSACTION;
    const clock = CLOCK;
    const beginSignIn = make({ ...tokens, signIns, ids: IDS, clock }, makeBeginSignIn);
    const services = make(
      {
        register: make({ prepareUser: PREPARE_USER, users: USERS, beginSignIn, transaction }, makeRegister),
        logIn: make({ ...passwords, beginSignIn, transaction, clock }, makeLogIn),
        refresh: make({ ...tokens, signIns, transaction, clock }, makeRefreshSignIn),
        logOut: make({ signIns, refreshTokens: REFRESH_TOKENS, clock }, makeLogOut),
        logOutEverywhere: make({ signIns, clock }, makeLogOutEverywhere),
        changePassword: make(
          { ...passwords, signIns, commonPasswords: COMMON_PASSWORDS, transaction, clock },
          makeChangePassword,
        ),
        endSignIn: make({ signIns, clock }, makeEndSignIn),
        listSignIns: make({ signIns: queries, clock }, makeListSignIns),
      },
      (made) => ({ auth: made }),
    );
    serve(authOperations, services);
  },
};
