import { object, string } from 'yup';
import { notFound } from '../../core/shared/errors.ts';
import type { RenameUser } from '../../core/users/rename-user.ts';
import type { UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import { instantText } from './instant-text.ts';
import { shown } from './fields.ts';
import { operation, read } from './operation.ts';
import { view } from './response.ts';

interface UserServices {
  readonly users: {
    readonly rename: RenameUser;
    readonly queries: Pick<UserQueries, 'findMe'>;
  };
}

export const userView = view({
  schema: object({
    id: shown.id(),
    email: shown.text(),
    username: shown.text(),
    createdAt: shown.instant(),
  })
    .label('User')
    .defined(),
  present: ({ id, email, username, createdAt }: UserRecord) => ({
    id,
    email,
    username,
    createdAt: instantText(createdAt),
  }),
  etag: ({ version }) => String(version),
});

const getMe = read({
  name: 'getMe',
  summary: 'Who I am',
  method: 'GET',
  path: '/api/auth/me',
  status: 200,
  access: { anyScope: true },
  response: userView,
  run: async ({ users }: UserServices, viewer) => {
    const user = await users.queries.findMe(viewer);
    if (user === null) throw notFound();
    return user;
  },
});

const updateMe = operation({
  name: 'updateMe',
  summary: 'Change my user name',
  method: 'PATCH',
  path: '/api/auth/me',
  status: 200,
  access: { signIn: true },
  body: object({ username: string().max(255).optional() }).noUnknown(),
  faults: [409, 412],
  events: { done: ['user_updated'] },
  response: userView,
  run: ({ users }: UserServices, actor, { body, expectedVersions }) =>
    users.rename(actor, { username: body.username, expectedVersions }),
});

export const userOperations = [getMe, updateMe];
