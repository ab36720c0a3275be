import type { Visibility } from '../../core/world/entry.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { details } from './details.ts';
import type { EntryBody, EntryLook } from './entry-look.ts';
import { shortId } from './id-ending.ts';
import { memberNames } from './member-reference.ts';
import type { Format } from './style.ts';
import { table } from './table.ts';

const SEERS: Readonly<Record<Visibility, string>> = { gm: 'GMs only', party: 'the party', chosen: 'chosen members' };
const FORMATS: Readonly<Record<Visibility, Format>> = { gm: 'dim', party: 'green', chosen: 'yellow' };

export function entryTable<O extends EntryBody>(
  entries: readonly O[],
  { columns }: Pick<EntryLook<O>, 'columns'>,
  { out, style }: Context,
): string {
  if (entries.length === 0) return '';
  return table(
    [
      { head: 'ID', of: ({ id }) => shortId(id), format: () => 'dim' },
      { head: 'NAME', of: ({ name }) => name, elastic: true },
      ...columns,
      { head: 'SEEN BY', of: ({ visibility }) => SEERS[visibility], format: ({ visibility }) => FORMATS[visibility] },
    ],
    entries,
    { width: out.width, style },
  );
}

/** `seers` are who sees it, in words. */
export function entryDetails<O extends EntryBody>(
  entry: O,
  seers: string,
  { lines, texts }: Pick<EntryLook<O>, 'lines' | 'texts'>,
  { style }: Context,
): string {
  return details(
    {
      title: entry.name,
      lines: [['id', entry.id], ...lines(entry), ['tags', entry.tags.join(', ')], ['seen by', seers]],
      texts: [...texts(entry), ['GM notes', entry.gmNotes]],
    },
    style,
  );
}

/** Chosen members by their names, for those who may know them. */
export async function seersOf(caller: Caller, { campaignId, visibility, visibleTo = [] }: EntryBody): Promise<string> {
  if (visibleTo.length === 0) return SEERS[visibility];
  const names = await memberNames(caller, campaignId);
  return visibleTo.map((userId) => names.get(userId) ?? `${shortId(userId)} (has left)`).join(', ');
}
