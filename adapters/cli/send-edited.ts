import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { DomainError } from '../../core/shared/errors.ts';
import type { Callable, Look } from './caller.ts';
import type { Context } from './context.ts';
import { type Draft, openDrafts, recoverDraft } from './draft.ts';
import { type Edit, editsOf } from './edits.ts';
import { editText, editorOf, quoted } from './edit-text.ts';
import { misused } from './misused.ts';
import { onDeadlySignal } from './on-deadly-signal.ts';
import { UnsavedError } from './unsaved-error.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Submission<O> {
  readonly operation: Callable<never, O>;
  readonly params?: unknown;
  readonly body: Fields;
  /** What is to be changed, as it stands; none where something is made. */
  readonly current?: () => Promise<Look<Fields>>;
}

/** A field in the editor. */
interface Writing extends Edit {
  readonly draft: Draft;
  /** What is saved now. */
  readonly saved: string;
}

/**
 * Sends a body, with what its user writes in the editor where an option asks for that. Whatever would be refused is
 * refused before the editor opens; what is written then is kept in a file until it is saved.
 * @throws DomainError, or UnsavedError where a text is kept
 */
export async function sendEdited<O>(
  context: Context,
  command: Command,
  { operation, params, body, current }: Submission<O>,
): Promise<O> {
  const caller = await context.caller();
  const edits = editsOf(command);
  if (edits.length === 0) return caller.send(operation, { params, body });

  const editor = editorOf(context.host);
  const look = await current?.();
  const request = { params, expectedVersions: look?.expectedVersions ?? null };
  await caller.rehearse(operation, { ...request, body });
  const fields = { ...look?.body, ...body };
  const writings = await open(context, edits, fields);

  let isSaving = false;
  const stopHearing = onDeadlySignal((signal) => {
    // In the editor Ctrl+C is the editor's own.
    if (!isSaving && signal === 'SIGINT') return true;
    context.err.write(`${isSaving ? 'Interrupted while it was saved: look whether it was.' : 'Interrupted.'}\n`);
    context.err.write(`${whereKept(writings.filter(isThere))}\n`);
    return false;
  });
  try {
    const written: Record<string, unknown> = {};
    for (const { draft, field, saved } of writings) {
      await editText(editor, draft.file, context.host.env);
      // Editors end a file with a line break, whether or not there was one.
      const text = (await draft.read()).trimEnd();
      if (text !== saved.trimEnd()) written[field] = text === '' ? null : text;
    }
    const whole = { ...body, ...written };
    if (Object.keys(whole).length === 0) throw nothingWritten(editor);
    isSaving = true;
    const answer = await caller.send(operation, { ...request, body: whole });
    await removeAll(writings);
    return answer;
  } catch (error) {
    throw await kept(error, writings, current);
  } finally {
    stopHearing();
  }
}

async function open({ host }: Context, edits: readonly Edit[], fields: Fields): Promise<readonly Writing[]> {
  const begun = edits.map((edit) => {
    const text = fields[edit.field];
    return { ...edit, saved: typeof text === 'string' ? text : '' };
  });
  // What is taken up first, because it may be missing.
  const recovered = new Map<string, Draft>();
  for (const { field, recovered: file } of begun) {
    if (file !== null) recovered.set(field, await recoverDraft(file));
  }
  const fresh = begun.filter(({ field }) => !recovered.has(field));
  const opened = await openDrafts(
    host,
    fresh.map(({ field, saved }) => [field, saved]),
  );
  return begun.flatMap((edit) => {
    const draft = recovered.get(edit.field) ?? opened[fresh.indexOf(edit)];
    return draft === undefined ? [] : [{ ...edit, draft }];
  });
}

/** The error with the place of each text that was written; on a conflict, with what is saved now as well. */
async function kept(
  error: unknown,
  writings: readonly Writing[],
  current: Submission<unknown>['current'],
): Promise<unknown> {
  const unsaved: Writing[] = [];
  for (const writing of writings) {
    if (writing.recovered !== null || (await writing.draft.hasChanged())) unsaved.push(writing);
  }
  await removeAll(writings.filter((each) => !unsaved.includes(each)));
  const there = unsaved.filter(isThere);
  if (there.length === 0) return error;
  const isConflict = error instanceof DomainError && error.code === 'version_conflict';
  const theirs = isConflict ? await current?.().catch(() => undefined) : undefined;
  const both = theirs === undefined ? [] : await Promise.all(there.map((each) => bothTexts(each, theirs.body)));
  return new UnsavedError(error, [...both, whereKept(there)].join('\n'));
}

async function bothTexts({ field, option, draft }: Writing, theirs: Fields): Promise<string> {
  const text = theirs[field];
  return [
    `--- ${option}: as it is now`,
    typeof text === 'string' ? text : '(nothing)',
    `--- ${option}: as you wrote it`,
    (await draft.read()).trimEnd(),
    '---',
  ].join('\n');
}

function whereKept(writings: readonly Writing[]): string {
  const files = writings.map(({ draft }) => quoted(draft.file));
  const options = files.map((file) => `--recover ${file}`).join(' ');
  return `What you wrote is kept in ${files.join(' and ')}. To go on with it, repeat the command with ${options}`;
}

function isThere({ draft }: Writing): boolean {
  return existsSync(draft.file);
}

/** Never throws: a copy that stays is better than a command that fails when all is saved. */
async function removeAll(writings: readonly Writing[]): Promise<void> {
  for (const { draft } of writings) await draft.remove().catch(() => undefined);
}

function nothingWritten(editor: string): DomainError {
  return misused(
    `Nothing to change: the editor (${editor}) left the text as it was. ` +
      'One that opens a window must be told to wait, such as EDITOR="code --wait".',
  );
}
