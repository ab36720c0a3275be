import { defineEntity, p } from '@mikro-orm/postgresql';
import { DISPOSITIONS, NPC_STATUSES, type Npc } from '../../core/npcs/npc.ts';
import { atMost, entryChecks, entryColumns, entryIndex } from './entry-row.ts';
import { countsBytes } from './quotas.ts';
import { isOneOf } from './row-schema.ts';

export const NpcRow = defineEntity({
  name: 'NpcRow',
  tableName: 'npcs',
  properties: {
    ...entryColumns,
    role: p.text().nullable(),
    description: p.text().nullable(),
    personality: p.text().nullable(),
    motivations: p.array(),
    background: p.text().nullable(),
    stats: p.json().$type<NonNullable<Npc['stats']>>().nullable(),
    disposition: p.text().$type<Npc['disposition']>(),
    status: p.text().$type<Npc['status']>(),
    secrets: p.text().nullable().hidden(),
  },
  indexes: [entryIndex('npcs')],
  checks: entryChecks('npcs', {
    ...atMost(255, 'role'),
    ...atMost(100_000, 'description', 'personality', 'background', 'secrets'),
    disposition: isOneOf('disposition', DISPOSITIONS),
    status: isOneOf('status', NPC_STATUSES),
  }),
  triggers: [countsBytes],
});
