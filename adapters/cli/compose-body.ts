import type { Command } from 'commander';
import { readJson } from '../operations/read-json.ts';
import { BodyOption } from './body-option.ts';
import type { Context } from './context.ts';
import { editsOf } from './edits.ts';
import { misused } from './misused.ts';
import { parseMoment } from './parse-moment.ts';
import { readInput } from './read-input.ts';

type Body = Record<string, unknown>;

/**
 * The body that `--json-file` and the options make, these overriding that. It is unchecked: the operation guards it.
 * What the editor adds to it, `sendEdited` does.
 * @throws DomainError `validation_failed`
 */
export async function composeBody(context: Context, command: Command): Promise<Body> {
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
    if (kind === 'moment') await readMoment(context, body, { field, option: long ?? field, typed: String(value) });
  }
  return body;
}

/** As {@link composeBody}, of a change. @throws DomainError `validation_failed` when it would change nothing */
export async function composeChanges(context: Context, command: Command): Promise<Body> {
  const body = await composeBody(context, command);
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

/** A date is meant in its time zone, which is kept with it. */
async function readMoment(
  { host, zone: viewerZone }: Context,
  body: Body,
  { field, option, typed }: { readonly field: string; readonly option: string; readonly typed: string },
): Promise<void> {
  if (typed.trim() === '') {
    body[field] = null;
    return;
  }
  const zone = typeof body.timeZone === 'string' ? body.timeZone : viewerZone;
  const { date, hasOffset } = await parseMoment({ text: typed, option, zone, now: host.now(), wholeDay: 'refused' });
  body[field] = date.toISOString();
  if (!hasOffset) body.timeZone = zone;
}
