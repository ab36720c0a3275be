import type { Command } from 'commander';
import { cancelSession, reopenSession, rescheduleSession, startSession } from '../operations/session-course.ts';
import { deleteSession, getSession, restoreSession } from '../operations/sessions.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import {
  type InCampaign,
  campaignOption,
  deletionQuestion,
  expectFullId,
  restoreHint,
  yesOption,
} from './common-options.ts';
import type { Context } from './context.ts';
import { confirm } from './prompt.ts';
import { composeBody } from './compose-body.ts';
import { sessionId } from './session-reference.ts';
import { type SessionBody, sessionDetails } from './session-text.ts';
import { addVerb } from './verb.ts';

/** The verbs that move a session on: start, cancel, reopen, reschedule, delete, restore. */
export function addSessionChangeCommands(session: Command, context: Context): void {
  const print = (changed: SessionBody): void => {
    context.print({ data: changed, ids: [changed.id], text: () => sessionDetails(changed, context) });
  };

  addVerb(session, {
    usage: 'start <session>',
    summary: 'the party sits down to play',
    examples: ['session start "The Salt Road#3"'],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await sessionId(caller, reference, campaign);
      print(await caller.call(startSession, { params: { id }, body: {} }));
    });

  addBodyOptions(
    addVerb(session, {
      usage: 'cancel <session>',
      summary: 'cancel a session that is planned or in progress',
      examples: ['session cancel "The Salt Road#3" --reason "half the party is ill"'],
    }).addOption(campaignOption()),
    [new BodyOption('--reason <text>', 'reason', 'optionalText', 'why')],
  ).action(async (reference: string, { campaign }: InCampaign, command: Command) => {
    const body = await composeBody(context, command);
    const caller = await context.caller();
    const id = await sessionId(caller, reference, campaign);
    print(await caller.send(cancelSession, { params: { id }, body }));
  });

  addVerb(session, {
    usage: 'reopen <session>',
    summary: 'undo the last step: planned again, or in progress where it was completed',
    examples: ['session reopen "The Salt Road#3"'],
  })
    .addOption(campaignOption())
    .action(async (reference: string, { campaign }: InCampaign) => {
      const caller = await context.caller();
      const id = await sessionId(caller, reference, campaign);
      print(await caller.call(reopenSession, { params: { id }, body: {} }));
    });

  addBodyOptions(
    addVerb(session, {
      usage: 'reschedule <session>',
      summary: 'give a planned or cancelled session another date',
      examples: ['session reschedule "The Salt Road#3" --at "2026-12-12 19:00" --tz Europe/Berlin'],
    }).addOption(campaignOption()),
    [
      new BodyOption(
        '--at <date>',
        'scheduledDate',
        'moment',
        'when: "2026-12-05 19:00", "next friday 19:00", RFC 3339',
      ),
      new BodyOption(
        '--tz <zone>',
        'timeZone',
        'text',
        'its time zone from now on, such as Europe/Berlin (default: as it was)',
      ),
      new BodyOption('--duration <minutes>', 'durationMinutes', 'optionalInteger', 'how long it is to take'),
    ],
  ).action(async (reference: string, { campaign }: InCampaign, command: Command) => {
    const caller = await context.caller();
    const id = await sessionId(caller, reference, campaign);
    const zone = async (): Promise<string> => (await caller.call(getSession, { params: { id } })).timeZone;
    const body = await composeBody(context, command, zone);
    print(await caller.send(rescheduleSession, { params: { id }, body }));
  });

  addVerb(session, {
    usage: 'delete <session>',
    summary: 'move a session to the trash; its number stays taken',
    examples: ['session delete "The Salt Road#3"', 'session delete 3f9a12c4 --yes'],
  })
    .addOption(campaignOption())
    .addOption(yesOption())
    .action(async (reference: string, { campaign, yes = false }: InCampaign & { readonly yes?: boolean }) => {
      const caller = await context.caller();
      const id = await sessionId(caller, reference, campaign);
      const { sessionNumber, title } = await caller.call(getSession, { params: { id } });
      await confirm(context.host, deletionQuestion(`session ${sessionNumber} "${title}"`), yes);
      await caller.call(deleteSession, { params: { id } });
      context.print({ data: undefined, ids: [id], text: () => '' });
      context.say(restoreHint('session', id));
    });

  addVerb(session, {
    usage: 'restore',
    summary: 'take a session out of the trash, within 30 days',
    examples: ['session restore 01939c5e-7b1f-7cc3-9a3e-2f0d3f9a12c4'],
  })
    .argument('<id>', 'its full id, which delete printed')
    .action(async (reference: string) => {
      const id = expectFullId(reference, 'session');
      print(await (await context.caller()).call(restoreSession, { params: { id }, body: {} }));
    });
}
