import { type Command, InvalidArgumentError, Option } from 'commander';
import { recoverOption } from './recover-option.ts';

/** How the text that was typed becomes the field's value. `optional…`: an empty text empties the field. */
type Kind = 'text' | 'optionalText' | 'integer' | 'optionalInteger' | 'texts' | 'moment' | 'edited';

/** An option that fills a field of the API's body. */
export class BodyOption extends Option {
  readonly field: string;
  readonly kind: Kind;

  constructor(flags: string, field: string, kind: Kind, description: string) {
    super(flags, description);
    this.field = field;
    this.kind = kind;
    switch (kind) {
      case 'integer':
        this.argParser(readInteger);
        break;
      case 'optionalInteger':
        this.argParser((value: string) => (value === '' ? value : readInteger(value)));
        break;
      case 'texts':
        this.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
        break;
      case 'text':
      case 'optionalText':
      case 'moment':
      case 'edited':
        break;
      default:
        kind satisfies never;
    }
  }
}

/** Adds the options, and `--json-file` for the fields that have none. */
export function addBodyOptions(command: Command, options: readonly BodyOption[]): Command {
  for (const option of options) command.addOption(option);
  if (options.some(({ kind }) => kind === 'edited')) command.addOption(recoverOption());
  return command.option('--json-file <file>', 'fields of the body as JSON; - for standard input; options override it');
}

export function readInteger(value: string): number {
  if (!/^-?\d{1,15}$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

/** How the command calls what the API calls `field`: `playerCount` is `--players`; null when it has no option for it. */
export function optionFor(command: Command, field: string): string | null {
  const filling = command.options.find((option) => option instanceof BodyOption && option.field === field);
  const named = command.options.find((option) => option.attributeName() === field);
  return (filling ?? named)?.long ?? null;
}
