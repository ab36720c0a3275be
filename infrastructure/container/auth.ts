import { authOperations } from '../../adapters/operations/auth.ts';
import { faultsTold } from '../../adapters/operations/endpoint-pipeline.ts';
import type { AccessTokens } from '../../core/auth/access-tokens.ts';
import { type Authenticate, makeAuthenticate } from '../../core/auth/authenticate.ts';
import { makeBeginSignIn } from '../../core/auth/begin-sign-in.ts';
import { makeChangePassword } from '../../core/auth/change-password.ts';
import { makeEndSignIn } from '../../core/auth/end-sign-in.ts';
import { type Identify, makeIdentify } from '../../core/auth/identify.ts';
import { makeListSignIns } from '../../core/auth/list-sign-ins.ts';
import { makeLogIn } from '../../core/auth/log-in.ts';
import { makeLogOutEverywhere } from '../../core/auth/log-out-everywhere.ts';
import { makeLogOut } from '../../core/auth/log-out.ts';
import { makeProve } from '../../core/auth/prove.ts';
import { type ReadAccessToken, makeReadAccessToken } from '../../core/auth/read-access-token.ts';
import { makeRefreshSignIn } from '../../core/auth/refresh-sign-in.ts';
import type { RefreshTokens } from '../../core/auth/refresh-tokens.ts';
import { makeRegister } from '../../core/auth/register.ts';
import { type ResetPassword, makeResetPassword } from '../../core/auth/reset-password.ts';
import { type SuspendUser, makeSuspendUser } from '../../core/auth/suspend-user.ts';
import { makeAccessTokens } from '../crypto/access-tokens.ts';
import { deriveKey } from '../crypto/derive-key.ts';
import { makeRefreshTokens } from '../crypto/refresh-tokens.ts';
import { explainFault } from '../database/explain-fault.ts';
import { makeSignInQueries } from '../database/sign-in-queries.ts';
import { RefreshTokenRow, SignInRow, makeSignInRepository } from '../database/sign-in-repository.ts';
import { API_TOKENS, API_TOKEN_QUERIES, API_TOKEN_SECRETS } from './api-tokens.ts';
import { AUDIT } from './audit.ts';
import { type Feature, LOGGER, token } from './binder.ts';
import { ACCEPT_INVITE, FIND_INVITE } from './members.ts';
import { LOGIN_THROTTLE, PROVE_PASSWORD } from './passwords.ts';
import { CLOCK, CONFIG, DATABASE, IDS, PROVE, READER, SECRETS, TRANSACTION } from './shared.ts';
import { PASSWORD_STRENGTH, HASHER, PREPARE_USER, USERS } from './users.ts';

export const READ_ACCESS_TOKEN = token<ReadAccessToken>('read access token');
export const IDENTIFY = token<Identify>('identify');
export const AUTHENTICATE = token<Authenticate>('authenticate');
export const SUSPEND_USER = token<SuspendUser>('suspend user');
export const RESET_PASSWORD = token<ResetPassword>('reset password');
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
      makeRefreshTokens({
        key: deriveKey(secrets.current, 'refresh tokens'),
        previousKey: secrets.previous === null ? null : deriveKey(secrets.previous, 'refresh tokens'),
        lifetimeMs: config.refreshTokenMs,
      }),
    );
    const signIns = make({ database: DATABASE }, ({ database }) => makeSignInRepository(database));
    const queries = make({ database: DATABASE, reader: READER }, ({ database, reader }) =>
      makeSignInQueries(database, reader),
    );
    provide(READ_ACCESS_TOKEN, { accessTokens: ACCESS_TOKENS, clock: CLOCK }, makeReadAccessToken);
    const identifying = {
      readAccessToken: READ_ACCESS_TOKEN,
      apiTokens: API_TOKEN_QUERIES,
      secrets: API_TOKEN_SECRETS,
      clock: CLOCK,
      logger: LOGGER,
    };
    provide(IDENTIFY, identifying, ({ logger, ...dependencies }) =>
      faultsTold('identify', makeIdentify(dependencies), { explainFault, logger }),
    );
    provide(PROVE, { signIns: queries, apiTokens: API_TOKEN_QUERIES, clock: CLOCK }, makeProve);
    const authenticating = { identify: IDENTIFY, prove: PROVE, logger: LOGGER };
    provide(AUTHENTICATE, authenticating, ({ logger, ...dependencies }) =>
      faultsTold('authenticate', makeAuthenticate(dependencies), { explainFault, logger }),
    );

    const tokens = { accessTokens: ACCESS_TOKENS, refreshTokens: REFRESH_TOKENS };
    const passwords = { hasher: HASHER, users: USERS };
    const audit = AUDIT;
    const transaction = TRANSACTION;
    const clock = CLOCK;
    const beginSignIn = make({ audit, ...tokens, signIns, ids: IDS, clock }, makeBeginSignIn);
    const ending = { audit, signIns, apiTokens: API_TOKENS, transaction, clock };
    const changing = { ...ending, ...passwords, passwordStrength: PASSWORD_STRENGTH };
    provide(SUSPEND_USER, { audit, users: USERS, signIns, transaction, clock }, makeSuspendUser);
    provide(RESET_PASSWORD, changing, makeResetPassword);
    const services = make(
      {
        register: make(
          {
            config: CONFIG,
            findInvite: FIND_INVITE,
            acceptInvite: ACCEPT_INVITE,
            audit,
            prepareUser: PREPARE_USER,
            users: USERS,
            beginSignIn,
            transaction,
          },
          ({ config: { registration }, ...others }) => makeRegister({ ...others, registration }),
        ),
        logIn: make({ throttle: LOGIN_THROTTLE, ...passwords, signIns, beginSignIn, transaction, clock }, makeLogIn),
        refresh: make({ audit, ...tokens, signIns, transaction, clock }, makeRefreshSignIn),
        logOut: make({ audit, signIns, refreshTokens: REFRESH_TOKENS, transaction, clock }, makeLogOut),
        logOutEverywhere: make({ ...ending, users: USERS, prove: PROVE }, makeLogOutEverywhere),
        changePassword: make({ ...changing, prove: PROVE, provePassword: PROVE_PASSWORD }, makeChangePassword),
        endSignIn: make({ audit, signIns, transaction, clock }, makeEndSignIn),
        listSignIns: make({ signIns: queries, clock }, makeListSignIns),
      },
      (made) => ({ auth: made }),
    );
    serve(authOperations, services);
  },
};
