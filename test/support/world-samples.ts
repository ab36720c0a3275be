import type { EntitySchema } from '@mikro-orm/postgresql';
import { type NpcFields, npc } from '../../core/npcs/npc.ts';
import { NpcRow } from '../../infrastructure/database/npc-row.ts';
import type { Noun } from '../../core/world/entry.ts';
import { npcs } from '../../adapters/operations/npcs.ts';
import type { EntryBody } from '../../adapters/cli/entry-look.ts';
import type { EntryOperations } from '../../adapters/operations/entry-operations.ts';

/** What the shared tests need to know of a noun of the world. */
export interface WorldSample {
  readonly noun: Noun<object>;
  readonly operations: EntryOperations<object, EntryBody>;
  readonly row: EntitySchema & { readonly name: string };
  /** Values of all of its own fields: none is like another, and none like that of a new entry. */
  readonly own: object;
  /** Other values, of all of them. */
  readonly others: object;
  /** Values by which those fields are emptied that may be empty. */
  readonly emptied: object;
  /** Those of its own fields that only GMs get. */
  readonly gmFields: readonly string[];
  /** What it does not take, and the fields that are named for it. */
  readonly refused: readonly (readonly [why: string, body: object, ...fields: string[]])[];
  /** Values of its own columns that the database refuses, and the constraint, without the table's name, that does. */
  readonly constraints: readonly (readonly [Readonly<Record<string, string>>, string])[];
  /** Of the command line, for some of `own`. */
  readonly options: readonly (readonly [option: string, field: string, value: string])[];
  /** The option that opens a field in an editor. */
  readonly edits: readonly (readonly [option: string, field: string])[];
}

const scores = { strength: 8, dexterity: 14, constitution: 11, intelligence: 16, wisdom: 13, charisma: 18 };

const npcSample: WorldSample = {
  noun: npc,
  operations: npcs,
  row: NpcRow,
  own: {
    role: 'Reeve of the ford',
    description: 'A woman of <b>fifty</b>, *dry* as her ledgers.',
    personality: 'Counts before she speaks.',
    motivations: ['That the toll is paid', 'That nobody asks where it goes'],
    background: 'Came with the flood.\n\nStayed with the money.',
    stats: { ...scores, wisdom: null },
    disposition: 'friendly',
    status: 'missing',
    secrets: 'She sold the bell.',
  } satisfies NpcFields,
  others: {
    role: 'Smuggler',
    description: 'Another woman altogether.',
    personality: 'Laughs first.',
    motivations: ['To be gone by spring'],
    background: 'Nobody knows.',
    stats: { ...scores, strength: 30, charisma: 1 },
    disposition: 'hostile',
    status: 'dead',
    secrets: 'She never sold it.',
  } satisfies NpcFields,
  emptied: {
    role: null,
    description: null,
    personality: null,
    motivations: [],
    background: null,
    stats: null,
    secrets: null,
  },
  gmFields: ['secrets'],
  refused: [
    ['a status that there is not', { status: 'asleep' }, 'status'],
    ['null for a status', { status: null }, 'status'],
    ['a disposition that there is not', { disposition: 'kind' }, 'disposition'],
    ['a role of 256 characters', { role: 'x'.repeat(256) }, 'role'],
    ['secrets that are too long', { secrets: 'x'.repeat(100_001) }, 'secrets'],
    ['an empty motivation', { motivations: [''] }, 'motivations[0]'],
    ['null for motivations', { motivations: null }, 'motivations'],
    ['a score of 0', { stats: { ...scores, strength: 0 } }, 'stats.strength'],
    ['a score of 31', { stats: { ...scores, wisdom: 31 } }, 'stats.wisdom'],
    ['half a score', { stats: { ...scores, wisdom: 10.5 } }, 'stats.wisdom'],
    ['stats that lack a score', { stats: { ...scores, charisma: undefined } }, 'stats.charisma'],
    ['a score that there is not', { stats: { ...scores, luck: 10 } }, 'stats.luck'],
  ],
  constraints: [
    [{ role: 'x'.repeat(256) }, 'role_check'],
    [{ description: 'x'.repeat(100_001) }, 'description_check'],
    [{ personality: 'x'.repeat(100_001) }, 'personality_check'],
    [{ background: 'x'.repeat(100_001) }, 'background_check'],
    [{ secrets: 'x'.repeat(100_001) }, 'secrets_check'],
    [{ disposition: 'kind' }, 'disposition_check'],
    [{ status: 'asleep' }, 'status_check'],
  ],
  options: [
    ['--role', 'role', 'Reeve of the ford'],
    ['--description', 'description', 'Dry as her ledgers.'],
    ['--personality', 'personality', 'Counts before she speaks.'],
    ['--background', 'background', 'Came with the flood.'],
    ['--disposition', 'disposition', 'friendly'],
    ['--status', 'status', 'missing'],
    ['--secrets', 'secrets', 'She sold the bell.'],
  ],
  edits: [
    ['--edit', 'description'],
    ['--edit-personality', 'personality'],
    ['--edit-background', 'background'],
    ['--edit-secrets', 'secrets'],
  ],
};

/** One of each noun: the shared tests are made from these. */
export const WORLD_SAMPLES: readonly WorldSample[] = [npcSample];
