import type { Command } from 'commander';

interface Verb {
  /** As commander takes it: `show <session>`. */
  readonly usage: string;
  readonly summary: string;
  /** Without the leading `foundry`. */
  readonly examples: readonly string[];
}

/** A command of a noun: `foundry session show`. */
export function addVerb(noun: Command, { usage, summary, examples }: Verb): Command {
  return described(noun.command(usage), summary, examples);
}

/** Gives a command its help and its examples. */
export function described(command: Command, summary: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ foundry ${example}\n`).join('');
  return command
    .description(summary)
    .showHelpAfterError(`See: foundry ${pathOf(command)} --help`)
    .addHelpText('after', `\nExample${examples.length === 1 ? '' : 's'}:\n${lines}`.trimEnd());
}

function pathOf(command: Command): string {
  const above = command.parent;
  return above?.parent ? `${pathOf(above)} ${command.name()}` : command.name();
}
