import type { Entry, Noun } from '../world/entry.ts';

export const DISPOSITIONS = ['friendly', 'neutral', 'hostile', 'unknown'] as const;
export const NPC_STATUSES = ['alive', 'dead', 'missing', 'unknown'] as const;
type AbilityScore = 'strength' | 'dexterity' | 'constitution' | 'intelligence' | 'wisdom' | 'charisma';

export interface NpcFields {
  /** What the NPC is to others: innkeeper, villain. */
  readonly role: string | null;
  /** Markdown. */
  readonly description: string | null;
  /** Markdown. */
  readonly personality: string | null;
  /** Markdown each. */
  readonly motivations: readonly string[];
  /** Markdown. */
  readonly background: string | null;
  /** 1 to 30 each; null where it is not known. */
  readonly stats: Readonly<Record<AbilityScore, number | null>> | null;
  readonly disposition: (typeof DISPOSITIONS)[number];
  readonly status: (typeof NPC_STATUSES)[number];
  /** Markdown, for GMs only. */
  readonly secrets: string | null;
}

/** Somebody in the world whom no player plays. */
export type Npc = Entry & NpcFields;

export const npc: Noun<NpcFields> = {
  singular: 'npc',
  plural: 'npcs',
  blank: {
    role: null,
    description: null,
    personality: null,
    motivations: [],
    background: null,
    stats: null,
    disposition: 'unknown',
    status: 'alive',
    secrets: null,
  },
  filters: ['status', 'disposition'] satisfies (keyof NpcFields)[],
};
