import { type LoginThrottle, makeLoginThrottle } from '../../core/auth/login-throttle.ts';
import { type ProvePassword, makeProvePassword } from '../../core/auth/prove-password.ts';
import { deriveKey } from '../crypto/derive-key.ts';
import { makeKeyedHash } from '../crypto/keyed-hash.ts';
import { LoginFailureRow, makeLoginFailures } from '../database/login-failures.ts';
import { type Feature, token } from './binder.ts';
import { CLOCK, DATABASE, SECRETS } from './shared.ts';
import { HASHER, USERS } from './users.ts';

export const LOGIN_THROTTLE = token<LoginThrottle>('login throttle');
export const PROVE_PASSWORD = token<ProvePassword>('prove password');

/** Whoever asks for a password, to log in or besides, counts what is wrong with the others. */
export const passwords: Feature = {
  rows: [LoginFailureRow],
  register: ({ provide, make }) => {
    const failures = make({ database: DATABASE, secrets: SECRETS }, ({ database, secrets }) =>
      makeLoginFailures(database, makeKeyedHash(deriveKey(secrets.current, 'login failures'))),
    );
    provide(LOGIN_THROTTLE, { failures, clock: CLOCK }, makeLoginThrottle);
    provide(PROVE_PASSWORD, { throttle: LOGIN_THROTTLE, users: USERS, hasher: HASHER }, makeProvePassword);
  },
};
