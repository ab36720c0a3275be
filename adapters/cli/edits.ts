import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { basename } from 'node:path';
import { BodyOption } from './body-option.ts';
import { misused } from './misused.ts';

/** A field that is to be written in the editor. */
export interface Edit {
  readonly field: string;
  /** How it is asked for: `--edit`. */
  readonly option: string;
  /** The file that an earlier command kept it in. */
  readonly recovered: string | null;
}

/** What the command's options ask for. A kept file's name says of which field it is. @throws DomainError `validation_failed` */
export function editsOf(command: Command): readonly Edit[] {
  const { recover = [] } = command.opts<{ readonly recover?: readonly string[] }>();
  const all = command.options.filter((option) => option instanceof BodyOption && option.kind === 'edited');
  const editable = all.flatMap((option) =>
    option instanceof BodyOption
      ? [
          {
            field: option.field,
            option: option.long ?? option.field,
            asked: command.getOptionValue(option.attributeName()) === true,
          },
        ]
      : [],
  );
  const asked = editable.filter((each) => each.asked);
  const files = new Map<string, string>();
  for (const file of recover) {
    if (!existsSync(file)) throw misused(`--recover: "${file}": there is no such file.`);
    const [only, ...others] = asked.length === 0 ? editable : asked;
    const meant =
      editable.find(({ field }) => basename(file) === `${field}.md`) ?? (others.length === 0 ? only : undefined);
    if (meant === undefined || files.has(meant.field)) {
      const options = editable.map(({ option }) => option).join(' or ');
      throw misused(`--recover: which text is in "${file}"? Say so by ${options}, one of them at a time.`);
    }
    files.set(meant.field, file);
  }
  return editable
    .filter((each) => each.asked || files.has(each.field))
    .map(({ field, option }) => ({ field, option, recovered: files.get(field) ?? null }));
}
