import { type Command, Option } from 'commander';
import type { UserRecord } from '../../core/users/user-queries.ts';
import type { UserStatus } from '../../core/users/user.ts';
import { userView } from '../operations/users.ts';
import { limitOption } from './common-options.ts';
import type { Context } from './context.ts';
import { details } from './details.ts';
import { shortId } from './id-ending.ts';
import { readNewPassword } from './read-new-password.ts';
import { showMoment } from './show-moment.ts';
import type { Format } from './style.ts';
import { table } from './table.ts';
import { allUsers, userMeant } from './user-reference.ts';
import { addVerb } from './verb.ts';

const REFERENCE = 'the e-mail address, the id or the end of that';

const STATUS_FORMATS: Readonly<Record<UserStatus, Format>> = { active: 'green', suspended: 'red' };

interface CreateOptions {
  readonly username?: string;
  readonly passwordFile?: string;
}

interface ResetOptions extends CreateOptions {
  readonly keepApiTokens?: boolean;
}

/** `foundry user …`: for admins, who need no account of their own. */
export function addUserCommands(user: Command, context: Context): void {
  addVerb(user, {
    usage: 'create <email>',
    summary: 'create an account; asks for the password',
    examples: [
      'user create anna@example.org --username anna',
      'user create anna@example.org --username anna --password-file password.txt',
    ],
  })
    .option('--username <name>', '2 to 32 letters, digits or _ . -')
    .addOption(passwordFileOption())
    .action(async (email: string, options: CreateOptions) => {
      const password = await readNewPassword(context.host, options.passwordFile);
      const { users } = await context.core();
      const created = await users.create({ email, username: options.username ?? '', password });
      printUser(context, created);
      context.say(`Created. Next: foundry campaign create --name NAME --as ${created.email}`);
    });

  addVerb(user, { usage: 'list', summary: 'all users, oldest first', examples: ['user list', 'user list --json'] })
    .addOption(limitOption())
    .action(async ({ limit }: { readonly limit?: number }) => {
      const { users } = await context.core();
      const found = (await allUsers(users.queries, limit)).map(shown);
      context.print({ data: found, ids: found.map(({ id }) => id), text: () => userTable(found, context) });
      if (found.length === 0) context.say('No user. Create one: foundry user create EMAIL --username NAME');
    });

  addVerb(user, {
    usage: 'suspend',
    summary: 'end every sign-in of a user, and let in nothing of the user any more',
    examples: ['user suspend anna@example.org'],
  })
    .argument('<user>', REFERENCE)
    .action(async (reference: string) => {
      const { users } = await context.core();
      const { id } = await userMeant(users.queries, reference);
      printUser(context, await users.suspend({ userId: id }));
      context.say(`Suspended, and nothing was deleted. To take it back: foundry user activate ${id}`);
    });

  addVerb(user, {
    usage: 'activate',
    summary: 'let a suspended user log in again',
    examples: ['user activate anna@example.org'],
  })
    .argument('<user>', REFERENCE)
    .action(async (reference: string) => {
      const { users } = await context.core();
      const { id } = await userMeant(users.queries, reference);
      printUser(context, await users.activate({ userId: id }));
      context.say('Active: the user may log in, and API tokens work again. Sign-ins that had ended stay so.');
    });

  addVerb(user, {
    usage: 'reset-password',
    summary: 'give a user another password; asks for it, and ends every sign-in and API token of the user',
    examples: ['user reset-password anna@example.org', 'user reset-password anna@example.org --password-file new.txt'],
  })
    .argument('<user>', REFERENCE)
    .addOption(passwordFileOption())
    .option('--keep-api-tokens', "leave the user's API tokens as they are")
    .action(async (reference: string, { passwordFile, keepApiTokens }: ResetOptions) => {
      const { users } = await context.core();
      const meant = await userMeant(users.queries, reference);
      const password = await readNewPassword(context.host, passwordFile);
      await users.resetPassword({ userId: meant.id, password, keepApiTokens });
      printUser(context, meant);
      context.say(
        keepApiTokens === true
          ? 'The password was changed, and every sign-in ended. API tokens still work: suspend to stop those.'
          : 'The password was changed, and every sign-in and API token ended.',
      );
    });
}

function passwordFileOption(): Option {
  return new Option('--password-file <file>', 'the password; - for standard input; or FOUNDRY_PASSWORD');
}

type ShownUser = ReturnType<typeof shown>;

/** As the API shows a user, and with what only admins are told. */
function shown(user: UserRecord) {
  return { ...userView.present(user), status: user.status };
}

function printUser(context: Context, user: UserRecord): void {
  const { id, email, username, status } = user;
  context.print({
    data: shown(user),
    ids: [id],
    text: () =>
      details(
        {
          title: username,
          lines: [
            ['id', id],
            ['e-mail', email],
            ['status', status],
          ],
        },
        context.style,
      ),
  });
}

function userTable(users: readonly ShownUser[], { out, style, display }: Context): string {
  if (users.length === 0) return '';
  return table(
    [
      { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
      { head: 'E-MAIL', of: ({ email }) => email, elastic: true },
      { head: 'USERNAME', of: ({ username }) => username },
      { head: 'STATUS', of: ({ status }) => status, format: ({ status }) => STATUS_FORMATS[status] },
      { head: 'CREATED', of: ({ createdAt }) => showMoment(createdAt, display) },
    ],
    users,
    { width: out.width, style },
  );
}
