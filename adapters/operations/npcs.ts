import { number, object } from 'yup';
import type { Seen } from '../../core/members/member.ts';
import { may } from '../../core/members/role.ts';
import { DISPOSITIONS, NPC_STATUSES, type Npc, npc } from '../../core/npcs/npc.ts';
import { entryOperations } from './entry-operations.ts';
import { entryHeaders, entrySchema, presentEntry } from './entry-view.ts';
import { oneOf, optionalLine, optionalMarkdown, optionalOneOf, optionalTexts, shown } from './fields.ts';
import { view } from './response.ts';

const score = number().integer().min(1).max(30).nullable().defined();
const stats = object({
  strength: score,
  dexterity: score,
  constitution: score,
  intelligence: score,
  wisdom: score,
  charisma: score,
});

const npcView = view({
  schema: entrySchema.shape({
    role: shown.textOrNull(),
    description: shown.textOrNull(),
    personality: shown.textOrNull(),
    motivations: shown.texts(),
    background: shown.textOrNull(),
    stats: stats.nullable().defined(),
    disposition: oneOf(DISPOSITIONS),
    status: oneOf(NPC_STATUSES),
    secrets: shown.gmText(),
  }),
  present: (seen: Seen<Npc>) => ({
    ...presentEntry(seen),
    role: seen.value.role,
    description: seen.value.description,
    personality: seen.value.personality,
    motivations: [...seen.value.motivations],
    background: seen.value.background,
    stats: seen.value.stats,
    disposition: seen.value.disposition,
    status: seen.value.status,
    ...(may(seen.role, 'secrets:read') && { secrets: seen.value.secrets }),
  }),
  ...entryHeaders(npc),
});

export const npcs = entryOperations(npc, {
  fields: {
    role: optionalLine(),
    description: optionalMarkdown(),
    personality: optionalMarkdown(),
    motivations: optionalTexts(),
    background: optionalMarkdown(),
    stats: stats.noUnknown().nullable().optional(),
    disposition: optionalOneOf(DISPOSITIONS),
    status: optionalOneOf(NPC_STATUSES),
    secrets: optionalMarkdown(),
  },
  view: npcView,
});
