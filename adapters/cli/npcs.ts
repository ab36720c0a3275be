import { type Command, Option } from 'commander';
import { DISPOSITIONS, NPC_STATUSES, npc } from '../../core/npcs/npc.ts';
import { npcs } from '../operations/npcs.ts';
import { BodyOption } from './body-option.ts';
import type { Context } from './context.ts';
import { addEntryCommands } from './entry-commands.ts';

/** `foundry npc …` */
export function addNpcCommands(command: Command, context: Context): void {
  addEntryCommands(command, context, {
    noun: npc,
    operations: npcs,
    example: 'Marda the reeve',
    options: [
      new BodyOption('--role <text>', 'role', 'optionalText', 'what the NPC is to others: innkeeper, villain'),
      new BodyOption('--description <markdown>', 'description', 'optionalText', 'who the NPC is'),
      new BodyOption('--personality <markdown>', 'personality', 'optionalText', 'how the NPC is'),
      new BodyOption('--motivation <markdown>', 'motivations', 'texts', 'what the NPC wants; repeatable'),
      new BodyOption('--background <markdown>', 'background', 'optionalText', 'where the NPC comes from'),
      new BodyOption('--disposition <how>', 'disposition', 'text', 'towards the party').choices(DISPOSITIONS),
      new BodyOption('--status <status>', 'status', 'text', 'how it stands').choices(NPC_STATUSES),
      new BodyOption('--secrets <markdown>', 'secrets', 'optionalText', 'for GMs only'),
      new BodyOption('--edit', 'description', 'edited', 'write the description in $VISUAL or $EDITOR'),
      new BodyOption('--edit-personality', 'personality', 'edited', 'write the personality in $VISUAL or $EDITOR'),
      new BodyOption('--edit-background', 'background', 'edited', 'write the background in $VISUAL or $EDITOR'),
      new BodyOption('--edit-secrets', 'secrets', 'edited', 'write the secrets in $VISUAL or $EDITOR'),
    ],
    filters: [
      new Option('--status <status>', 'only these').choices(NPC_STATUSES),
      new Option('--disposition <how>', 'only these').choices(DISPOSITIONS),
    ],
    columns: [
      { head: 'ROLE', of: ({ role }) => role ?? '', elastic: true },
      { head: 'STATUS', of: ({ status }) => status },
      { head: 'DISPOSITION', of: ({ disposition }) => disposition },
    ],
    lines: ({ role, status, disposition, stats }) => [
      ['role', role],
      ['status', status],
      ['disposition', disposition],
      ...Object.entries(stats ?? {}).map(([name, score]): [string, string] => [name, String(score ?? '?')]),
    ],
    texts: ({ description, personality, motivations, background, secrets }) => [
      ['description', description],
      ['personality', personality],
      ['motivations', motivations.map((each) => `- ${each}`).join('\n')],
      ['background', background],
      ['secrets', secrets],
    ],
  });
}
