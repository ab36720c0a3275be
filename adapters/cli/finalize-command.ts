import { DomainError } from '../../core/shared/errors.ts';
import { getSession } from '../operations/sessions.ts';
import type { Caller, Look } from './caller.ts';
import type { Command } from 'commander';
import { MOODS } from '../../core/sessions/results.ts';
import { finalizeSession, getResults } from '../operations/results.ts';
import { BodyOption, addBodyOptions } from './body-option.ts';
import { type InCampaign, campaignOption } from './common-options.ts';
import type { Context } from './context.ts';
import { composeBody } from './compose-body.ts';
import { sendEdited } from './send-edited.ts';
import { sessionId } from './session-reference.ts';
import { sessionDetails } from './session-text.ts';
import { addVerb } from './verb.ts';

/** `foundry session finalize …` */
export function addFinalizeCommand(session: Command, context: Context): void {
  addBodyOptions(
    addVerb(session, {
      usage: 'finalize <session>',
      summary: 'complete a session and keep what came of it',
      examples: [
        'session finalize "The Salt Road#3" --summary "The mill is dry." --xp 450 --thread "Who opened the sluice?"',
        'session finalize 3f9a12c4 --json-file results.json',
      ],
    }).addOption(campaignOption()),
    resultOptions(),
  ).action(async (reference: string, { campaign }: InCampaign, command: Command) => {
    const body = await composeBody(context, command);
    if (Array.isArray(body.npcInteractions)) body.npcInteractions = body.npcInteractions.map(readInteraction);
    const caller = await context.caller();
    const id = await sessionId(caller, reference, campaign);
    // A session that was reopened has its results still: they are what the editor begins with.
    const current = async (): Promise<Look<Record<string, unknown>>> => {
      const { expectedVersions } = await caller.look(getSession, { params: { id } });
      return { body: (await resultsOf(caller, id)) ?? {}, expectedVersions };
    };
    const finalized = await sendEdited(context, command, { operation: finalizeSession, params: { id }, body, current });
    context.print({
      data: finalized,
      ids: [finalized.id],
      text: () => sessionDetails(finalized, context, finalized.results),
    });
  });
}

/** Null where nothing was kept yet. */
async function resultsOf(caller: Caller, id: string): Promise<Record<string, unknown> | null> {
  return caller.call(getResults, { params: { id } }).then(
    (results) => ({ ...results }),
    (error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not-found') return null;
      throw error;
    },
  );
}

/** `Name: note`, as `--npc` takes it; what came as JSON stays what it is. */
function readInteraction(interaction: unknown): unknown {
  if (typeof interaction !== 'string') return interaction;
  const [, name = interaction, note = null] = /^([^:]+):\s*(.+)$/s.exec(interaction) ?? [];
  return { name, note };
}

function resultOptions(): readonly BodyOption[] {
  return [
    new BodyOption('--summary <markdown>', 'summary', 'optionalText', 'what happened'),
    new BodyOption('--event <markdown>', 'events', 'texts', 'an event; repeatable'),
    new BodyOption('--decision <markdown>', 'playerDecisions', 'texts', "a decision of the players'; repeatable"),
    new BodyOption('--npc <name: note>', 'npcInteractions', 'texts', 'whom the party met; repeatable'),
    new BodyOption('--world-change <markdown>', 'worldChanges', 'texts', 'what is different now; repeatable'),
    new BodyOption('--thread <markdown>', 'unfinishedThreads', 'texts', 'what is left open; repeatable'),
    new BodyOption('--loot <markdown>', 'lootAwarded', 'texts', 'what the party gained; repeatable'),
    new BodyOption('--xp <points>', 'xpAwarded', 'integer', 'experience points'),
    new BodyOption('--deaths <count>', 'deathCount', 'integer', 'how many of the party died'),
    new BodyOption('--duration <minutes>', 'durationMinutes', 'optionalInteger', 'how long it really took'),
    new BodyOption('--mood <mood>', 'mood', 'text', 'how it felt').choices(MOODS),
    new BodyOption('--gm-summary <markdown>', 'gmSummary', 'optionalText', 'for GMs only'),
    new BodyOption('--edit', 'summary', 'edited', 'write the summary in $VISUAL or $EDITOR'),
    new BodyOption('--edit-notes', 'gmSummary', 'edited', 'write the summary for GMs in $VISUAL or $EDITOR'),
  ];
}
