import type { Command } from 'commander';
import type { Loss, Revert } from '../../core/shared/migrations.ts';
import type { Context } from './context.ts';
import type { LocalMigrations } from './host.ts';
import { misused } from './misused.ts';
import { confirm } from './prompt.ts';
import { showMoment } from './show-moment.ts';
import { table } from './table.ts';
import { yesOption } from './common-options.ts';
import { addVerb } from './verb.ts';

/** `foundry migrate …` */
export function addMigrateCommands(migrate: Command, context: Context): void {
  const printNames = (names: readonly string[]): void => {
    context.print({ data: names, ids: names, text: () => names.map((name) => `${name}\n`).join('') });
  };
  const withMigrations = async (work: (migrations: LocalMigrations) => Promise<void>): Promise<void> => {
    const migrations = await context.host.openMigrations();
    try {
      await work(migrations);
    } finally {
      await migrations.close();
    }
  };

  addVerb(migrate, { usage: 'up', summary: 'apply all pending migrations', examples: ['migrate up'] }).action(() =>
    withMigrations(async (migrations) => {
      const applied = await migrations.up();
      printNames(applied);
      context.say(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.length}.`);
    }),
  );

  addVerb(migrate, { usage: 'down', summary: 'revert the last migration', examples: ['migrate down --yes'] })
    .addOption(yesOption())
    .action(({ yes = false }: { readonly yes?: boolean }) =>
      withMigrations(async (migrations) => {
        const reverted = await migrations.down(async ({ name, losses }) => {
          context.say(lossesText(losses));
          await confirm(context.host, `Revert ${name}?`, yes);
        });
        printNames(reverted);
        context.say(reverted.length === 0 ? 'There is nothing to revert.' : `Reverted: ${reverted.length}.`);
      }),
    );

  addVerb(migrate, {
    usage: 'status',
    summary: 'which migrations were applied, and when',
    examples: ['migrate status', 'migrate status --json'],
  }).action(() =>
    withMigrations(async (migrations) => {
      const found = await migrations.status();
      const rows = found.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.toISOString() ?? null }));
      context.print({
        data: rows,
        ids: rows.map(({ name }) => name),
        text: () =>
          table(
            [
              { head: 'MIGRATION', of: ({ name }) => name },
              {
                head: 'APPLIED',
                of: ({ executedAt }) => (executedAt === null ? 'pending' : showMoment(executedAt, context.display)),
                format: ({ executedAt }) => (executedAt === null ? 'yellow' : 'green'),
              },
            ],
            rows,
            { width: context.out.width, style: context.style },
          ),
      });
      const pending = rows.filter(({ executedAt }) => executedAt === null).length;
      if (pending > 0) context.say(`Pending: ${pending}. Apply them: foundry migrate up`);
    }),
  );

  addVerb(migrate, {
    usage: 'create <name>',
    summary: 'write a new migration from what differs between the schema and the database',
    examples: ['migrate create add-npcs'],
  }).action(async (name: string) => {
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(name)) {
      throw misused(`"${name}" is no name for a migration. Use a verb and a noun in lower case, such as add-npcs.`);
    }
    await withMigrations(async (migrations) => {
      printNames([await migrations.create(name)]);
    });
  });
}

function lossesText(losses: Revert['losses']): string {
  if (losses === null) return 'What is lost cannot be tried beforehand: read the migration, or make a backup.';
  return losses.length === 0 ? 'No data is lost.' : `What is lost:\n${losses.map(lossText).join('\n')}`;
}

function lossText({ kind, table: name, column, count }: Loss): string {
  switch (kind) {
    case 'table':
      return `  the table ${name}, with all in it (rows: ${count})`;
    case 'column':
      return `  the column ${column ?? ''} of ${name} (values: ${count})`;
    case 'rows':
      return `  what rows of ${name} said (changed or deleted: ${count})`;
    default:
      return kind satisfies never;
  }
}
