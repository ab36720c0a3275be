import { type InferType, object, string } from 'yup';
import type { Viewer } from '../../core/shared/actor.ts';
import type { Limits } from '../../core/shared/limits.ts';
import { notFound } from '../../core/shared/errors.ts';
import type { RenameUser } from '../../core/users/rename-user.ts';
import type { MyRecord, UserQueries, UserRecord } from '../../core/users/user-queries.ts';
import { instantText } from './instant-text.ts';
import { shown } from './fields.ts';
import { operation, read } from './operation.ts';
import { view } from './response.ts';

interface UserServices {
  readonly users: {
    readonly rename: RenameUser;
    readonly queries: Pick<UserQueries, 'findMe'>;
    readonly limits: Limits;
  };
}

const fields = { id: shown.id(), email: shown.text(), username: shown.text(), createdAt: shown.instant() };
const userSchema = object(fields).label('User').defined();

export const userView = view({
  schema: userSchema,
  present: presentUser,
  etag: ({ version }) => String(version),
});

interface Me {
  readonly user: MyRecord;
  readonly limits: Limits;
}

const meView = view({
  schema: object({
    ...fields,
    usage: object({ campaigns: shown.count(), bytes: shown.count() })
      .meta({ description: 'Of the campaigns that I own: how many, and how much they and their trash hold.' })
      .defined(),
    limits: object({
      campaigns: shown.countOrNull(),
      sessions: shown.countOrNull().meta({ description: 'Of one campaign.' }),
      bytes: shown.countOrNull(),
    })
      .meta({ description: 'What there may be of each; null for no limit.' })
      .defined(),
  }).label('Me'),
  present: ({ user, limits: { campaigns, sessions, bytes } }: Me) => ({
    ...presentUser(user),
    usage: { campaigns: user.usage.campaigns, bytes: user.usage.bytes },
    limits: { campaigns, sessions, bytes },
  }),
  etag: ({ user: { version, usage }, limits }) => {
    const shownToo = [usage.campaigns, usage.bytes, limits.campaigns, limits.sessions, limits.bytes];
    return `${version}-${shownToo.map((number) => (number ?? 0).toString(32)).join('x')}`;
  },
});

const getMe = read({
  name: 'getMe',
  summary: 'Who I am, what I have used, and what there may be of it',
  method: 'GET',
  path: '/api/auth/me',
  status: 200,
  access: { anyScope: true },
  response: meView,
  run: ({ users }: UserServices, viewer) => readMe(users, viewer),
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
  response: meView,
  run: async ({ users }: UserServices, actor, { body, expectedVersions }) => {
    await users.rename(actor, { username: body.username, expectedVersions });
    return readMe(users, actor);
  },
});

export const userOperations = [getMe, updateMe];

async function readMe({ queries, limits }: UserServices['users'], viewer: Viewer): Promise<Me> {
  const user = await queries.findMe(viewer);
  if (user === null) throw notFound();
  return { user, limits };
}

function presentUser({ id, email, username, createdAt }: UserRecord): InferType<typeof userSchema> {
  return { id, email, username, createdAt: instantText(createdAt) };
}
