import { type Command } from 'commander';
import { type UserRecord } from '../../core/users/user-queries.ts';
import { userView } from '../operations/users.ts';
import { limitOption } from './common-options.ts';
import { type Context } from './context.ts';
import { details } from './details.ts';
import { shortId } from './id-ending.ts';
import { readNewPassword } from './read-new-password.ts';
import { showMoment } from './show-moment.ts';
import { table } from './table.ts';
import { addVerb } from './verb.ts';

const PAGE = 100;

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
    .option('--username <name>', '3 to 32 letters, digits or _ . -')
    .option('--password-file <file>', 'the password; - for standard input; or FOUNDRY_PASSWORD')
    .action(async (email: string, options: { readonly username?: string; readonly passwordFile?: string }) => {
      const password = await readNewPassword(context.host, options.passwordFile);
      const { users } = await context.core();
      const created = userView.present(await users.create({ email, username: options.username ?? '', password }));
      context.print({
        data: created,
        ids: [created.id],
        text: () =>
          details(
            {
              title: created.username,
              lines: [
                ['id', created.id],
                ['e-mail', created.email],
              ],
            },
            context.style,
          ),
      });
      context.say(`Created. Next: foundry campaign create --name NAME --as ${created.email}`);
    });

  addVerb(user, { usage: 'list', summary: 'all users, oldest first', examples: ['user list', 'user list --json'] })
    .addOption(limitOption())
    .action(async ({ limit }: { readonly limit?: number }) => {
      const found = (await allUsers(context, limit ?? Infinity)).map((each) => userView.present(each));
      context.print({
        data: found,
        ids: found.map(({ id }) => id),
        text: () =>
          found.length === 0
            ? ''
            : table(
                [
                  { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
                  { head: 'E-MAIL', of: ({ email }) => email, elastic: true },
                  { head: 'USERNAME', of: ({ username }) => username },
                  { head: 'CREATED', of: ({ createdAt }) => showMoment(createdAt, context.viewer) },
                ],
                found,
                { width: context.out.width, style: context.style },
              ),
      });
      if (found.length === 0) context.say('No user. Create one: foundry user create EMAIL --username NAME');
    });
}

async function allUsers(context: Context, limit: number): Promise<readonly UserRecord[]> {
  const { users } = await context.core();
  const found: UserRecord[] = [];
  let after: Parameters<typeof users.queries.list>[0]['after'] = null;
  do {
    const { items, next } = await users.queries.list({ limit: Math.min(PAGE, limit - found.length), after });
    found.push(...items);
    after = next;
  } while (after !== null && found.length < limit);
  return found;
}
