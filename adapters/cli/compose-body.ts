import type { Command } from 'commander';
import { readJson } from '../operations/read-json.ts';
import { BodyOption } from './body-option.ts';
import type { Context } from './context.ts';
import { editsOf } from './edits.ts';
import { misused } from './misused.ts';
import { readInput } from './read-input.ts';
import { takeMoment } from './take-moment.ts';
import { zoneFault, zoneSpelling } from '../../core/shared/time-zone.ts';

type Body = Record<string, unknown>;

/**
 * The body that `--json-file` and the options make, these overriding that. It is unchecked: the operation guards it.
 * What the editor adds to it, `sendEdited` does. `zone` tells in which time zone a date is meant for which none is given.
 * @throws DomainError `validation_failed`
 */
export async function composeBody(
  context: Context,
  command: Command,
  zone: () => Promise<string> = () => Promise.resolve(context.zone),
): Promise<Body> {
  const body = await readJsonFile(context, command);
  const given = command.options
    .filter((option) => option instanceof BodyOption)
    .map((option): readonly [BodyOption, unknown] => [option, command.getOptionValue(option.attributeName())])
    .filter(([, value]) => value !== undefined);
  const hasMoment = given.some(([{ kind }]) => kind === 'moment');

  for (const [option, value] of given) {
    const { kind, field } = option;
    // FOUNDRY_TZ says in which zone dates are typed; without a date it must not move a session.
    const isIdle = field === 'timeZone' && !hasMoment && command.getOptionValueSource(option.attributeName()) === 'env';
    if (kind !== 'moment' && kind !== 'edited' && !isIdle) body[field] = value === '' && kind !== 'text' ? null : value;
  }
  for (const [{ kind, field, long }, value] of given) {
    if (kind === 'moment') await readMoment(context, body, zone, { field, option: long ?? field, text: String(value) });
  }
  return body;
}

/** As {@link composeBody}, of a change. @throws DomainError `validation_failed` when it would change nothing */
export async function composeChanges(context: Context, command: Command, zone?: () => Promise<string>): Promise<Body> {
  const body = await composeBody(context, command, zone);
  if (Object.keys(body).length > 0 || editsOf(command).length > 0) return body;
  const { long } = command.options.find((option) => option instanceof BodyOption) ?? {};
  throw misused(`Nothing to change: name what to change by an option such as ${long ?? '--json-file'}.`);
}

async function readJsonFile({ host }: Context, command: Command): Promise<Body> {
  const { jsonFile: file } = command.opts<{ readonly jsonFile?: string }>();
  if (file === undefined) return {};
  // fromEntries defines, it does not assign: a key `__proto__` stays a key, and is refused as unknown.
  return Object.fromEntries(Object.entries(await readInput(host, file, '--json-file', readJson)));
}

async function readMoment(
  context: Context,
  body: Body,
  zone: () => Promise<string>,
  { field, option, text }: { readonly field: string; readonly option: string; readonly text: string },
): Promise<void> {
  if (text.trim() === '') body[field] = null;
  else {
    const given = typeof body.timeZone === 'string' ? expectZone(body.timeZone) : await zone();
    body[field] = await takeMoment(context, { text, option, zone: given, use: 'appointment' });
  }
}

/** @throws DomainError `validation_failed` for what is no time zone */
export function expectZone(name: string): string {
  const zone = zoneSpelling(name);
  if (zone === null) throw misused(`--tz "${name}" ${zoneFault(name)}${zoneFault(name).endsWith('?') ? '' : '.'}`);
  return zone;
}
