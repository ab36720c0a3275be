import { boolean, object } from 'yup';
import type { ChangePassword } from '../../core/auth/change-password.ts';
import type { EndSignIn } from '../../core/auth/end-sign-in.ts';
import type { ListSignIns, ListedSignIn } from '../../core/auth/list-sign-ins.ts';
import type { LogIn } from '../../core/auth/log-in.ts';
import type { LogOutEverywhere } from '../../core/auth/log-out-everywhere.ts';
import type { LogOut } from '../../core/auth/log-out.ts';
import type { RefreshSignIn } from '../../core/auth/refresh-sign-in.ts';
import type { Register } from '../../core/auth/register.ts';
import type { SignedIn, TokenPair } from '../../core/auth/sign-in.ts';
import type { SecurityEvents } from '../../core/shared/security-event.ts';
import { instantText } from './instant-text.ts';
import { MAX_SECRET, id, optionalText, pageFields, secret, shown } from './fields.ts';
import { operation, publicOperation, read } from './operation.ts';
import { listOf, nothing, view } from './response.ts';
import { userView } from './users.ts';

interface AuthServices {
  readonly auth: {
    readonly register: Register;
    readonly logIn: LogIn;
    readonly refresh: RefreshSignIn;
    readonly logOut: LogOut;
    readonly logOutEverywhere: LogOutEverywhere;
    readonly changePassword: ChangePassword;
    readonly endSignIn: EndSignIn;
    readonly listSignIns: ListSignIns;
  };
}

const keepApiTokens = {
  keepApiTokens: boolean().optional().meta({ description: 'true: my API tokens stay as they are.' }),
};

const tokenFields = { token: shown.text(), refreshToken: shown.text() };

const signedInView = view({
  schema: object({ user: userView.schema, ...tokenFields }).label('SignedIn'),
  present: ({ user, token, refreshToken }: SignedIn) => ({ user: userView.present(user), token, refreshToken }),
});

const tokenPairView = view({
  schema: object(tokenFields).label('TokenPair'),
  present: ({ token, refreshToken }: TokenPair) => ({ token, refreshToken }),
});

const signInView = view({
  schema: object({
    id: shown.id(),
    createdAt: shown.instant(),
    lastUsedAt: shown.instant(),
    expiresAt: shown.instant(),
    userAgent: shown.textOrNull(),
    current: boolean().defined(),
  }),
  present: ({ signIn, current }: ListedSignIn) => ({
    id: signIn.id,
    createdAt: instantText(signIn.createdAt),
    lastUsedAt: instantText(signIn.lastUsedAt),
    expiresAt: instantText(signIn.expiresAt),
    userAgent: signIn.userAgent,
    current,
  }),
});

const revoked: SecurityEvents = { done: ['authn_token_revoked'] };

const register = publicOperation({
  name: 'register',
  summary: 'Create an account and sign in',
  method: 'POST',
  path: '/api/auth/register',
  limit: 'register',
  status: 201,
  access: { public: true },
  body: object({
    email: secret(MAX_SECRET),
    username: secret(MAX_SECRET),
    password: secret(MAX_SECRET),
    inviteCode: optionalText(100),
  }).noUnknown(),
  faults: [409],
  events: { done: ['user_created', 'authn_login_success'] },
  response: signedInView,
  run: ({ auth }: AuthServices, { body, userAgent }) => auth.register({ ...body, userAgent }),
});

const logIn = publicOperation({
  name: 'logIn',
  summary: 'Sign in',
  method: 'POST',
  path: '/api/auth/login',
  limit: 'auth',
  status: 200,
  access: { public: true },
  body: object({ email: secret(MAX_SECRET), password: secret(MAX_SECRET) }).noUnknown(),
  faults: [401],
  events: { done: ['authn_login_success'], invalid_credentials: ['authn_login_fail'] },
  response: signedInView,
  run: ({ auth }: AuthServices, { body, userAgent, address }) => auth.logIn({ ...body, userAgent, address }),
});

const refreshSignIn = publicOperation({
  name: 'refreshSignIn',
  summary: 'Exchange the refresh token for a new pair; each is good for one exchange',
  method: 'POST',
  path: '/api/auth/refresh',
  limit: 'refresh',
  status: 200,
  access: { public: true },
  body: object({ refreshToken: secret(MAX_SECRET) }).noUnknown(),
  faults: [401],
  events: { refresh_token_reused: ['authn_token_reuse'] },
  response: tokenPairView,
  run: ({ auth }: AuthServices, { body }) => auth.refresh(body),
});

const logOut = publicOperation({
  name: 'logOut',
  summary: 'End the sign-in that the refresh token belongs to',
  method: 'POST',
  path: '/api/auth/logout',
  status: 204,
  access: { public: true },
  body: object({ refreshToken: secret(MAX_SECRET) }).noUnknown(),
  events: revoked,
  response: nothing,
  run: ({ auth }: AuthServices, { body }) => auth.logOut(body),
});

const logOutEverywhere = operation({
  name: 'logOutEverywhere',
  summary: 'End every sign-in and API token of mine',
  method: 'POST',
  path: '/api/auth/logout-all',
  status: 204,
  access: { signIn: true },
  body: object(keepApiTokens).noUnknown(),
  events: revoked,
  response: nothing,
  run: ({ auth }: AuthServices, actor, { body }) => auth.logOutEverywhere(actor, body),
});

const changePassword = operation({
  name: 'changePassword',
  summary: 'Change my password; every other sign-in and every API token of mine ends',
  method: 'POST',
  path: '/api/auth/password',
  limit: 'auth',
  status: 204,
  access: { signIn: true },
  body: object({ currentPassword: secret(MAX_SECRET), newPassword: secret(MAX_SECRET), ...keepApiTokens }).noUnknown(),
  events: {
    done: ['authn_password_change'],
    invalid_credentials: ['authn_password_change_fail'],
    validation_failed: ['authn_password_change_fail'],
  },
  response: nothing,
  run: ({ auth }: AuthServices, actor, { body, address }) => auth.changePassword(actor, { ...body, address }),
});

const listSignIns = read({
  name: 'listSignIns',
  summary: 'Where I am signed in, last used first',
  method: 'GET',
  path: '/api/auth/sign-ins',
  status: 200,
  access: { signIn: true },
  query: object(pageFields()).noUnknown(),
  response: listOf(signInView),
  run: ({ auth }: AuthServices, viewer, { page }) => auth.listSignIns(viewer, page),
});

const endSignIn = operation({
  name: 'endSignIn',
  summary: 'End one sign-in of mine',
  method: 'DELETE',
  path: '/api/auth/sign-ins/:id',
  status: 204,
  access: { signIn: true },
  params: object({ id: id() }),
  faults: [404],
  events: revoked,
  response: nothing,
  run: ({ auth }: AuthServices, actor, { params }) => auth.endSignIn(actor, params),
});

export const authOperations = [
  register,
  logIn,
  refreshSignIn,
  logOut,
  logOutEverywhere,
  changePassword,
  listSignIns,
  endSignIn,
];
