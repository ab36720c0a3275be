import { type Command, Option } from 'commander';
import { VISIBILITIES } from '../../core/world/entry.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { campaignId } from './campaign-reference.ts';
import {
  campaignOption,
  deletionQuestion,
  expectFullId,
  limitOption,
  restoreHint,
  yesOption,
} from './common-options.ts';
import type { Context } from './context.ts';
import type { EntryBody, EntryLook } from './entry-look.ts';
import { entryId } from './entry-reference.ts';
import { entryDetails, entryTable, seersOf } from './entry-text.ts';
import { memberIds } from './member-reference.ts';
import { misused } from './misused.ts';
import { confirm } from './prompt.ts';
import { composeBody, composeChanges } from './compose-body.ts';
import { sendEdited } from './send-edited.ts';
import { lineText } from './terminal-text.ts';
import { addVerb } from './verb.ts';

interface InCampaign {
  readonly campaign?: string;
}

interface ListOptions extends InCampaign {
  readonly search?: string;
  readonly limit?: number;
}

const REFERENCE = 'its name, its id or the end of that';

/** The verbs that every noun of the world has. Verbs of its own a noun adds in its own file. */
export function addEntryCommands<O extends EntryBody>(command: Command, context: Context, look: EntryLook<O>): void {
  addWritingCommands(command, context, look);
  addReadingCommands(command, context, look);
  addVisibilityCommands(command, context, look);
  addTrashCommands(command, context, look);
}

function addWritingCommands<O extends EntryBody>(command: Command, context: Context, look: EntryLook<O>): void {
  const { noun, operations, example } = look;
  const name = noun.singular;
  addBodyOptions(
    addVerb(command, {
      usage: 'add [name]',
      summary: `add to the ${noun.plural} of a campaign, for GMs only unless you say otherwise`,
      examples: [`${name} add "${example}"`, `${name} add "${example}" --visibility party --tag harbour`],
    }).addOption(campaignOption()),
    bodyOptions(look),
  ).action(async (title: string | undefined, { campaign }: InCampaign, typed: Command) => {
    const body = await composeBody(context, typed);
    if (title !== undefined) body.name ??= title;
    const caller = await context.caller();
    const params = { campaignId: await campaignId(caller, campaign) };
    const added = await sendEdited(context, typed, { operation: operations.create, params, body });
    await print(context, look, added);
    if (added.visibility === 'gm') context.say(`Only GMs see it. To show it: foundry ${name} reveal ${added.id}`);
  });

  addBodyOptions(
    addVerb(command, {
      usage: `update <${name}>`,
      summary: 'change what is given; an empty text empties the field',
      examples: [`${name} update "${example}" --tag harbour --tag guild`, `${name} update "${example}" --edit-notes`],
    }).addOption(campaignOption()),
    bodyOptions(look),
  ).action(async (reference: string, { campaign }: InCampaign, typed: Command) => {
    const caller = await context.caller();
    const id = await entryId(caller, look, reference, campaign);
    const changed = await sendEdited(context, typed, {
      operation: operations.update,
      params: { id },
      body: await composeChanges(context, typed),
      current: () => caller.look(operations.get, { params: { id } }),
    });
    await print(context, look, changed);
  });
}

function addReadingCommands<O extends EntryBody>(command: Command, context: Context, look: EntryLook<O>): void {
  const { noun, operations, example } = look;
  const name = noun.singular;
  const list = addVerb(command, {
    usage: 'list',
    summary: `the ${noun.plural} of a campaign that you may see, by name`,
    examples: [`${name} list`, `${name} list --tag harbour --visibility party --json`],
  })
    .addOption(campaignOption())
    .option('--search <words>', 'words to find in the name')
    .option('--tag <tag>', 'only these')
    .addOption(new Option('--visibility <who>', 'only those seen by').choices(VISIBILITIES));
  for (const filter of look.filters) list.addOption(filter);
  list.addOption(limitOption()).action(async ({ campaign, limit, search: q, ...filters }: ListOptions) => {
    const caller = await context.caller();
    const params = { campaignId: await campaignId(caller, campaign) };
    const query = { ...filters, ...(q !== undefined && { q }) };
    const found = await caller.pages(operations.list, { params, query }, limit);
    context.print({ data: found, ids: found.map(({ id }) => id), text: () => entryTable(found, look, context) });
    if (found.length === 0) context.say(`No ${name}. Add one: foundry ${name} add NAME`);
  });

  addVerb(command, {
    usage: `show <${name}>`,
    summary: `one of the ${noun.plural}, by ${REFERENCE}`,
    examples: [`${name} show "${example}"`, `${name} show 3f9a12c4 --json`],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await entryId(caller, look, reference, campaign);
      await print(context, look, await caller.call(operations.get, { params: { id } }));
    });
}

function addVisibilityCommands<O extends EntryBody>(command: Command, context: Context, look: EntryLook<O>): void {
  const { operations, example } = look;
  const name = look.noun.singular;
  addVerb(command, {
    usage: `reveal <${name}>`,
    summary: 'show it to the party, or to those of its members that you name',
    examples: [`${name} reveal "${example}"`, `${name} reveal "${example}" --to anna --to ben`],
  })
    .addOption(campaignOption())
    .addOption(
      new Option('--to <username>', 'to this member, besides those who see it already; repeatable').argParser(
        (username: string, before: readonly string[] | undefined) => [...(before ?? []), username],
      ),
    )
    .action(async (reference: string, { campaign, to }: InCampaign & { readonly to?: readonly string[] }) => {
      const caller = await context.caller();
      const id = await entryId(caller, look, reference, campaign);
      const request: Record<string, unknown> = { params: { id }, body: { visibility: 'party' } };
      if (to !== undefined) {
        const { body: entry, expectedVersions } = await caller.look(operations.get, { params: { id } });
        if (entry.visibility === 'party') {
          const title = lineText(entry.name);
          throw misused(`The whole party sees "${title}" already. To narrow that, first: foundry ${name} hide ${id}`);
        }
        const visibleTo = [...(entry.visibleTo ?? []), ...(await memberIds(caller, entry.campaignId, to))];
        // Whom others have chosen meanwhile must not be left out.
        Object.assign(request, { body: { visibility: 'chosen', visibleTo }, expectedVersions });
      }
      await print(context, look, await caller.send(operations.update, request));
    });

  addVerb(command, {
    usage: `hide <${name}>`,
    summary: 'from all but the GMs',
    examples: [`${name} hide "${example}"`],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await entryId(caller, look, reference, campaign);
      await print(context, look, await caller.send(operations.update, { params: { id }, body: { visibility: 'gm' } }));
    });
}

function addTrashCommands<O extends EntryBody>(command: Command, context: Context, look: EntryLook<O>): void {
  const { operations, example } = look;
  const name = look.noun.singular;
  addVerb(command, {
    usage: `delete <${name}>`,
    summary: 'move it to the trash',
    examples: [`${name} delete "${example}"`, `${name} delete 3f9a12c4 --yes`],
  })
    .addOption(campaignOption())
    .addOption(yesOption())
    .action(async (reference: string, { campaign, yes = false }: InCampaign & { readonly yes?: boolean }) => {
      const caller = await context.caller();
      const id = await entryId(caller, look, reference, campaign);
      const entry = await caller.call(operations.get, { params: { id } });
      await confirm(context.host, deletionQuestion(`the ${name} "${entry.name}"`), yes);
      await caller.call(operations.delete, { params: { id } });
      context.print({ data: undefined, ids: [id], text: () => '' });
      context.say(restoreHint(name, id));
    });

  addVerb(command, {
    usage: 'restore',
    summary: 'take it out of the trash, within 30 days',
    examples: [`${name} restore 01939c5e-7b1f-7cc3-9a3e-2f0d3f9a12c4`],
  })
    .argument('<id>', 'its full id, which delete printed')
    .action(async (reference: string) => {
      const id = expectFullId(reference, name);
      const caller = await context.caller();
      await print(context, look, await caller.call(operations.restore, { params: { id }, body: {} }));
    });
}

async function print<O extends EntryBody>(context: Context, look: EntryLook<O>, entry: O): Promise<void> {
  const wantsText = context.options.json !== true && context.options.quiet !== true;
  const seers = wantsText ? await seersOf(await context.caller(), entry) : '';
  context.print({ data: entry, ids: [entry.id], text: () => entryDetails(entry, seers, look, context) });
}

function bodyOptions<O extends EntryBody>({ options }: EntryLook<O>): readonly BodyOption[] {
  return [
    new BodyOption('--name <name>', 'name', 'text', 'what it is called'),
    ...options,
    new BodyOption('--tag <tag>', 'tags', 'texts', 'a word to find it by; repeatable'),
    new BodyOption('--visibility <who>', 'visibility', 'text', 'who sees it, besides the GMs').choices(['gm', 'party']),
    new BodyOption('--gm-notes <markdown>', 'gmNotes', 'optionalText', 'for GMs only'),
    new BodyOption('--edit-notes', 'gmNotes', 'edited', 'write the GM notes in $VISUAL or $EDITOR'),
  ];
}
