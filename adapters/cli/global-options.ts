import { type Command, Option } from 'commander';

/** Taken by every command, before its name or after. */
export interface GlobalOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly as?: string;
  readonly verbose?: true;
  readonly color: boolean;
}

export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('--as <email>', 'the user to act as; or FOUNDRY_USER'))
    .addOption(new Option('--json', 'print what the API would answer').conflicts('quiet'))
    .addOption(new Option('-q, --quiet', 'print ids only'))
    .addOption(new Option('--verbose', 'tell the cause of an error'))
    .addOption(new Option('--no-color', 'no colours; or NO_COLOR'));
}
