import { type Command, Option } from 'commander';
import { SESSION_STATUSES, type SessionStatus } from '../../core/sessions/session.ts';
import { SESSION_ORDERS, type SessionOrder } from '../../core/sessions/session-queries.ts';
import { DomainError } from '../../core/shared/errors.ts';
import { getCampaign, getCampaignSummary } from '../operations/campaigns.ts';
import { getResults } from '../operations/results.ts';
import { getSession, listSessions, scheduleSession, updateSession } from '../operations/sessions.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { campaignId } from './campaign-reference.ts';
import { type InCampaign, campaignOption, limitOption } from './common-options.ts';
import type { Caller } from './caller.ts';
import type { Context } from './context.ts';
import { addFinalizeCommand } from './finalize-command.ts';
import { composeBody, composeChanges, expectZone } from './compose-body.ts';
import { misused } from './misused.ts';
import { addSessionChangeCommands } from './session-change-commands.ts';
import { sendEdited } from './send-edited.ts';
import { sessionId } from './session-reference.ts';
import { type SessionBody, sessionDetails, sessionTable } from './session-text.ts';
import { takeMoment } from './take-moment.ts';
import { addVerb } from './verb.ts';

interface ListOptions extends InCampaign {
  readonly status?: SessionStatus;
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
  readonly sort?: SessionOrder;
  readonly limit?: number;
}

/** `foundry session …` */
export function addSessionCommands(session: Command, context: Context): void {
  addScheduleCommand(session, context);
  addListCommand(session, context);
  addShowCommands(session, context);
  addUpdateCommand(session, context);
  addFinalizeCommand(session, context);
  addSessionChangeCommands(session, context);
}

function addScheduleCommand(session: Command, context: Context): void {
  addBodyOptions(
    addVerb(session, {
      usage: 'schedule [title]',
      summary: 'schedule a session; it gets the next number unless one is given',
      examples: [
        'session schedule --title "The Flooded Mill" --at "2026-12-05 19:00" --tz Europe/Berlin',
        'session schedule --title "The Flooded Mill" --at "next friday 19:00" --duration 240',
      ],
    }).addOption(campaignOption()),
    detailOptions(),
  ).action(async (title: string | undefined, { campaign }: InCampaign, command: Command) => {
    const caller = await context.caller();
    const params = { campaignId: await campaignId(caller, campaign) };
    const body = await composeBody(context, command, () => zoneOf(caller, params.campaignId));
    if (title !== undefined) body.title ??= title;
    const scheduled = await sendEdited(context, command, { operation: scheduleSession, params, body });
    context.print({ data: scheduled, ids: [scheduled.id], text: () => sessionDetails(scheduled, context) });
  });
}

function addListCommand(session: Command, context: Context): void {
  addVerb(session, {
    usage: 'list',
    summary: "a campaign's sessions",
    examples: [
      'session list --campaign "The Salt Road"',
      'session list --status planned --from today --sort scheduledDate',
    ],
  })
    .addOption(campaignOption())
    .addOption(new Option('--status <status>', 'only these').choices(SESSION_STATUSES))
    .option('--from <date>', 'scheduled then or later: "2026-12-05", "last friday", "this week"')
    .option('--to <date>', 'scheduled then or earlier')
    .option('--tz <zone>', "the time zone of --from and --to (default: the campaign's)")
    .addOption(new Option('--sort <order>', 'by what; with - the other way round').choices(SESSION_ORDERS))
    .addOption(limitOption())
    .action(async ({ campaign, status, sort, limit, ...bounds }: ListOptions) => {
      const caller = await context.caller();
      const params = { campaignId: await campaignId(caller, campaign) };
      const query = { status, sort, ...(await readBounds(context, caller, params.campaignId, bounds)) };
      const found = await caller.pages(listSessions, { params, query }, limit);
      context.print({ data: found, ids: found.map(({ id }) => id), text: () => sessionTable(found, context) });
      if (found.length === 0) context.say('No session. Schedule one: foundry session schedule --title TITLE');
    });
}

function addShowCommands(session: Command, context: Context): void {
  addVerb(session, {
    usage: 'show <session>',
    summary: 'one session, with what came of it',
    examples: ['session show "The Salt Road#3"', 'session show 3f9a12c4 --json'],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const id = await sessionId(await context.caller(), reference, campaign);
      await show(context, id);
    });

  addVerb(session, {
    usage: 'next',
    summary: 'the session that runs or comes next',
    examples: ['session next', 'session next --campaign "The Salt Road" --json'],
  })
    .addOption(campaignOption())
    .action(async ({ campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await campaignId(caller, campaign);
      const { nextSession } = await caller.call(getCampaignSummary, { params: { id } });
      if (nextSession === null) {
        throw new DomainError('not_found', 'Nothing is planned. Schedule a session: foundry session schedule');
      }
      await show(context, nextSession.id);
    });

  addVerb(session, {
    usage: 'results <session>',
    summary: 'what came of a completed session',
    examples: ['session results "The Salt Road#3" --json'],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await sessionId(caller, reference, campaign);
      const results = await caller.call(getResults, { params: { id } });
      const found = await caller.call(getSession, { params: { id } });
      context.print({ data: results, ids: [id], text: () => sessionDetails(found, context, results) });
    });
}

function addUpdateCommand(session: Command, context: Context): void {
  addBodyOptions(
    addVerb(session, {
      usage: 'update <session>',
      summary: 'change what is given; an empty text empties the field',
      examples: ['session update "The Salt Road#3" --title "The Drowned Mill"', 'session update 3f9a12c4 --edit-notes'],
    }).addOption(campaignOption()),
    detailOptions(),
  ).action(async (reference: string, { campaign }: InCampaign, command: Command) => {
    const caller = await context.caller();
    const id = await sessionId(caller, reference, campaign);
    const current = (): Promise<SessionBody> => caller.call(getSession, { params: { id } });
    const changed = await sendEdited(context, command, {
      operation: updateSession,
      params: { id },
      body: await composeChanges(context, command, async () => (await current()).timeZone),
      current: () => caller.look(getSession, { params: { id } }),
    });
    context.print({ data: changed, ids: [id], text: () => sessionDetails(changed, context) });
  });
}

async function show(context: Context, id: string): Promise<void> {
  const caller = await context.caller();
  const found = await caller.call(getSession, { params: { id } });
  const wantsText = context.options.json !== true && context.options.quiet !== true;
  const results =
    wantsText && found.status === 'completed' ? await caller.call(getResults, { params: { id } }) : undefined;
  context.print({ data: found, ids: [id], text: () => sessionDetails(found, context, results) });
}

async function zoneOf(caller: Caller, id: string): Promise<string> {
  return (await caller.call(getCampaign, { params: { id } })).timeZone;
}

async function readBounds(
  context: Context,
  caller: Caller,
  id: string,
  { from, to, tz }: Pick<ListOptions, 'from' | 'to' | 'tz'>,
): Promise<{ readonly from?: string | undefined; readonly to?: string | undefined }> {
  if (from === undefined && to === undefined) return {};
  const zone = tz === undefined ? await zoneOf(caller, id) : expectZone(tz);
  const take = async (text: string | undefined, option: string, use: 'from' | 'to'): Promise<string | undefined> =>
    text === undefined ? undefined : takeMoment(context, { text, option, zone, use });
  const bounds = { from: await take(from, '--from', 'from'), to: await take(to, '--to', 'to') };
  if (bounds.from !== undefined && bounds.to !== undefined && bounds.from > bounds.to) {
    throw misused(
      `--to "${to ?? ''}" is before --from "${from ?? ''}": a filter looks back. Write dates, or "next …".`,
    );
  }
  return bounds;
}

function detailOptions(): readonly BodyOption[] {
  return [
    new BodyOption('--title <title>', 'title', 'text', 'what it is called'),
    new BodyOption('--at <date>', 'scheduledDate', 'moment', 'when: "2026-12-05 19:00", "next friday 19:00", RFC 3339'),
    new BodyOption(
      '--tz <zone>',
      'timeZone',
      'text',
      "its time zone, such as Europe/Berlin (default: the session's, else the campaign's)",
    ),
    new BodyOption('--duration <minutes>', 'durationMinutes', 'optionalInteger', 'how long it is to take'),
    new BodyOption('--number <number>', 'sessionNumber', 'integer', 'its number in the campaign'),
    new BodyOption('--description <markdown>', 'description', 'optionalText', 'what it is about'),
    new BodyOption('--gm-notes <markdown>', 'gmNotes', 'optionalText', 'for GMs only'),
    new BodyOption('--edit', 'description', 'edited', 'write the description in $VISUAL or $EDITOR'),
    new BodyOption('--edit-notes', 'gmNotes', 'edited', 'write the GM notes in $VISUAL or $EDITOR'),
  ];
}
