import { type Command, Option } from 'commander';
import { CAMPAIGN_STATUSES, type CampaignStatus } from '../../core/campaigns/campaign.ts';
import { ROLES, type Role } from '../../core/members/role.ts';
import {
  createCampaign,
  deleteCampaign,
  getCampaign,
  getCampaignSummary,
  listCampaigns,
  restoreCampaign,
  updateCampaign,
} from '../operations/campaigns.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { campaignId } from './campaign-reference.ts';
import { campaignDetails, campaignSummary, campaignTable } from './campaign-text.ts';
import type { Context } from './context.ts';
import { deletionQuestion, expectFullId, limitOption, restoreHint, yesOption } from './common-options.ts';
import { confirm } from './prompt.ts';
import { composeBody, composeChanges } from './compose-body.ts';
import { sendEdited } from './send-edited.ts';
import { addVerb } from './verb.ts';

interface ListOptions {
  readonly status?: CampaignStatus;
  readonly role?: Role;
  readonly search?: string;
  readonly limit?: number;
}

const REFERENCE = 'its name, its id or the end of that';

/** `foundry campaign …` */
export function addCampaignCommands(campaign: Command, context: Context): void {
  const show = async (id: string): Promise<void> => {
    const found = await (await context.caller()).call(getCampaign, { params: { id } });
    context.print({ data: found, ids: [found.id], text: () => campaignDetails(found, context) });
  };

  addBodyOptions(
    addVerb(campaign, {
      usage: 'create [name]',
      summary: 'create a campaign; you are its owner',
      examples: ['campaign create --name "The Salt Road" --system "D&D 5e" --players 5'],
    }),
    detailOptions(),
  ).action(async (name: string | undefined, _: unknown, command: Command) => {
    const body = await composeBody(context, command);
    if (name !== undefined) body.name ??= name;
    // FOUNDRY_TZ counts here: where dates are typed is where a campaign is played.
    body.timeZone ??= command.getOptionValue('tz') ?? context.zone;
    const created = await sendEdited(context, command, { operation: createCampaign, body });
    context.print({ data: created, ids: [created.id], text: () => campaignDetails(created, context) });
    context.say('Created. Next: foundry session schedule --title TITLE --at "next friday 19:00"');
  });

  addVerb(campaign, {
    usage: 'list',
    summary: 'the campaigns that you belong to, newest first',
    examples: ['campaign list', 'campaign list --status active --json'],
  })
    .addOption(new Option('--status <status>', 'only these').choices(CAMPAIGN_STATUSES))
    .addOption(new Option('--role <role>', 'where this is your role').choices(ROLES))
    .option('--search <words>', 'words to find in the name')
    .addOption(limitOption())
    .action(async ({ status, role, search: q, limit }: ListOptions) => {
      const found = await (await context.caller()).pages(listCampaigns, { query: { status, role, q } }, limit);
      context.print({ data: found, ids: found.map(({ id }) => id), text: () => campaignTable(found, context) });
      if (found.length === 0) context.say('No campaign. Create one: foundry campaign create --name NAME');
    });

  addVerb(campaign, {
    usage: 'show',
    summary: 'one campaign',
    examples: ['campaign show "The Salt Road"', 'campaign show 3f9a12c4 --json'],
  })
    .argument('[campaign]', `${REFERENCE}; not needed where you have only one`)
    .action(async (reference: string | undefined) => {
      await show(await campaignId(await context.caller(), chosen(context, reference)));
    });

  addBodyOptions(
    addVerb(campaign, {
      usage: 'update',
      summary: 'change what is given; an empty text empties the field',
      examples: ['campaign update "The Salt Road" --level 4', 'campaign update 3f9a12c4 --edit'],
    }).argument('[campaign]', `${REFERENCE}; not needed where you have only one`),
    [
      ...detailOptions(),
      new BodyOption('--status <status>', 'status', 'text', 'how it stands').choices(CAMPAIGN_STATUSES),
    ],
  ).action(async (reference: string | undefined, _: unknown, command: Command) => {
    const caller = await context.caller();
    const id = await campaignId(caller, chosen(context, reference));
    const changed = await sendEdited(context, command, {
      operation: updateCampaign,
      params: { id },
      body: await composeChanges(context, command),
      current: () => caller.look(getCampaign, { params: { id } }),
    });
    context.print({ data: changed, ids: [id], text: () => campaignDetails(changed, context) });
  });

  addVerb(campaign, {
    usage: 'delete',
    summary: 'move a campaign to the trash, with all that is in it',
    examples: ['campaign delete "The Salt Road"', 'campaign delete 3f9a12c4 --yes'],
  })
    .argument('<campaign>', REFERENCE)
    .addOption(yesOption())
    .action(async (reference: string, { yes = false }: { readonly yes?: boolean }) => {
      const caller = await context.caller();
      const id = await campaignId(caller, reference);
      const { name } = await caller.call(getCampaign, { params: { id } });
      await confirm(context.host, deletionQuestion(`the campaign "${name}" with all that is in it`), yes);
      await caller.call(deleteCampaign, { params: { id } });
      context.print({ data: undefined, ids: [id], text: () => '' });
      context.say(restoreHint('campaign', id));
    });

  addVerb(campaign, {
    usage: 'restore',
    summary: 'take a campaign out of the trash, within 30 days',
    examples: ['campaign restore 01939c5e-7b1f-7cc3-9a3e-2f0d3f9a12c4'],
  })
    .argument('<id>', 'its full id, which delete printed')
    .action(async (reference: string) => {
      const id = expectFullId(reference, 'campaign');
      const restored = await (await context.caller()).call(restoreCampaign, { params: { id }, body: {} });
      context.print({ data: restored, ids: [id], text: () => campaignDetails(restored, context) });
    });

  addVerb(campaign, {
    usage: 'summary',
    summary: 'a campaign at a glance: sessions, members, open threads',
    examples: ['campaign summary', 'campaign summary "The Salt Road" --json'],
  })
    .argument('[campaign]', `${REFERENCE}; not needed where you have only one`)
    .action(async (reference: string | undefined) => {
      const caller = await context.caller();
      const id = await campaignId(caller, chosen(context, reference));
      const summary = await caller.call(getCampaignSummary, { params: { id } });
      context.print({ data: summary, ids: [id], text: () => campaignSummary(summary, context) });
    });
}

/** What was typed, else FOUNDRY_CAMPAIGN, as `--campaign` has it elsewhere. */
function chosen({ host }: Context, reference: string | undefined): string | undefined {
  return reference ?? host.env.FOUNDRY_CAMPAIGN;
}

function detailOptions(): readonly BodyOption[] {
  return [
    new BodyOption('--name <name>', 'name', 'text', 'what it is called'),
    new BodyOption('--description <markdown>', 'description', 'optionalText', 'what it is about'),
    new BodyOption('--setting <text>', 'setting', 'optionalText', 'the world that it is set in'),
    new BodyOption('--theme <text>', 'theme', 'optionalText', 'what it deals with'),
    new BodyOption('--tone <text>', 'tone', 'optionalText', 'how it feels'),
    new BodyOption('--system <text>', 'system', 'optionalText', 'the rules that are played'),
    new BodyOption('--players <count>', 'playerCount', 'integer', 'how many play, 1 to 20'),
    new BodyOption('--level <level>', 'partyLevel', 'integer', "the party's level, 1 to 30"),
    new BodyOption('--tz <zone>', 'timeZone', 'text', 'where it is played, such as Europe/Berlin (at first: yours)'),
    new BodyOption('--edit', 'description', 'edited', 'write the description in $VISUAL or $EDITOR'),
  ];
}
