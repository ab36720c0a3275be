import { Command, Help } from 'commander';
import { type Context, makeContext } from './context.ts';
import { applyEnvironment } from './environment-options.ts';
import { causeOf, explainError } from './explain-error.ts';
import { type GlobalOptions, addGlobalOptions } from './global-options.ts';
import type { Host } from './host.ts';
import { makeStyle } from './style.ts';

/** A noun, or a command of its own. Its file is loaded only when it may be needed. */
interface Part {
  readonly name: string;
  readonly plural?: string;
  readonly summary: string;
  readonly group: 'Game masters:' | 'Admins:';
  load(): Promise<(command: Command, context: Context) => void>;
}

const PARTS: readonly Part[] = [
  {
    name: 'campaign',
    plural: 'campaigns',
    summary: 'the stories that you run or play in',
    group: 'Game masters:',
    load: async () => (await import('./campaigns.ts')).addCampaignCommands,
  },
  {
    name: 'session',
    plural: 'sessions',
    summary: 'the evenings at the table',
    group: 'Game masters:',
    load: async () => (await import('./sessions.ts')).addSessionCommands,
  },
  {
    name: 'npc',
    plural: 'npcs',
    summary: 'the people of the world whom no player plays',
    group: 'Game masters:',
    load: async () => (await import('./npcs.ts')).addNpcCommands,
  },
  {
    name: 'member',
    plural: 'members',
    summary: 'who belongs to a campaign',
    group: 'Game masters:',
    load: async () => (await import('./members.ts')).addMemberCommands,
  },
  {
    name: 'invite',
    plural: 'invites',
    summary: 'ways into a campaign',
    group: 'Game masters:',
    load: async () => (await import('./invites.ts')).addInviteCommands,
  },
  {
    name: 'serve',
    summary: 'serve the API',
    group: 'Admins:',
    load: async () => (await import('./serve.ts')).addServeCommand,
  },
  {
    name: 'migrate',
    summary: "the database's migrations",
    group: 'Admins:',
    load: async () => (await import('./migrate.ts')).addMigrateCommands,
  },
  {
    name: 'health',
    summary: 'whether all that is needed is there',
    group: 'Admins:',
    load: async () => (await import('./health.ts')).addHealthCommand,
  },
  {
    name: 'user',
    plural: 'users',
    summary: 'the people with an account',
    group: 'Admins:',
    load: async () => (await import('./users.ts')).addUserCommands,
  },
  {
    name: 'demo',
    summary: 'create a campaign to look at, of 12 sessions',
    group: 'Admins:',
    load: async () => (await import('./demo.ts')).addDemoCommand,
  },
];

const EXAMPLES = `
Every option can come from the environment: --campaign from FOUNDRY_CAMPAIGN.

Examples:
  $ foundry demo                                    a campaign to look at
  $ foundry campaign create --name "The Salt Road"
  $ foundry session schedule --title "The Flooded Mill" --at "next friday 19:00"
  $ foundry session next
  $ foundry session schedule --help                 the options of a command`;

/** Runs one command line (without `node` and the script). Resolves to the exit code, once all is written and closed. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const program = new Command('foundry');
  const context = makeContext(host, () => program.opts<GlobalOptions>());
  let running: Command | null = null;
  let exitCode = 0;
  const fail = (error: unknown): void => {
    const { exitCode: code, message } = explainError(error, running, host.explainFault);
    // What went wrong first is what the command failed of.
    if (exitCode === 0) exitCode = code;
    if (message !== null) context.err.write(`${errorStyle(context)('red', 'error:')} ${message}\n`);
    if (program.opts<GlobalOptions>().verbose === true && message !== null) context.err.write(`${causeOf(error)}\n`);
  };
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      fail(error);
    }
  };

  await attempt(async () => {
    prepare(program, context);
    program.hook('preAction', (_, command) => {
      running = command;
      applyEnvironment(command, host.env);
    });
    await addParts(program, argv, context);
    await program.parseAsync(argv, { from: 'user' });
  });
  await attempt(() => context.close());
  await attempt(() => context.out.flushed());
  // Whoever closed stderr wants to hear nothing.
  await context.err.flushed().catch(() => undefined);
  return exitCode;
}

function prepare(program: Command, context: Context): void {
  const { out, err, host } = context;
  program
    .description('Campaigns and sessions for game masters: the command line of Lazy Foundry.')
    .version(host.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        out.write(text);
      },
      writeErr: (text) => {
        err.write(text);
      },
      getOutHelpWidth: () => out.width ?? 100,
      getErrHelpWidth: () => err.width ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => {
        write(text.replace(/^error:/, errorStyle(context)('red', 'error:')));
      },
    })
    .configureHelp({ showGlobalOptions: true, subcommandTerm, subcommandDescription })
    .addHelpText('after', EXAMPLES);
  addGlobalOptions(program);
}

async function addParts(program: Command, argv: readonly string[], context: Context): Promise<void> {
  const wanted = wantedParts(argv);
  for (const part of PARTS) {
    const command = program.command(part.name).description(part.summary).helpGroup(part.group);
    if (part.plural !== undefined) command.alias(part.plural);
    if (wanted.includes(part)) (await part.load())(command, context);
  }
}

/** Those that the command line names, when it begins with one; else all, because help or a suggestion may follow. */
function wantedParts(argv: readonly string[]): readonly Part[] {
  const isNamed = ({ name, plural }: Part): boolean => argv.includes(name) || argv.some((each) => each === plural);
  const first = argv.find((each) => !each.startsWith('-') || each === '-h' || each === '--help');
  const named = PARTS.filter(isNamed);
  return named.some(({ name, plural }) => first === name || first === plural) ? named : PARTS;
}

/** The verbs of a noun stand with it, so that the first help names every command. */
function subcommandDescription(command: Command): string {
  const verbs = command.commands.map((verb) => verb.name());
  return verbs.length === 0 ? command.description() : `${command.description()}: ${verbs.join(', ')}`;
}

function subcommandTerm(command: Command): string {
  const term = new Help().subcommandTerm(command);
  const [alias] = command.aliases();
  return alias === undefined ? term : term.replace(`|${alias}`, '');
}

function errorStyle({ err, host, options }: Context): ReturnType<typeof makeStyle> {
  return makeStyle(err, host.env, options.color);
}
