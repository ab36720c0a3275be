import { type Changes, changed } from '../shared/changes.ts';

export const MOODS = ['intense', 'comedic', 'dramatic', 'mixed'] as const;
type Mood = (typeof MOODS)[number];

export interface NpcInteraction {
  readonly npcId: string | null;
  readonly name: string;
  readonly note: string | null;
}

/** What came of a session. Lists and texts are Markdown. */
export interface Results {
  readonly summary: string | null;
  readonly events: readonly string[];
  readonly playerDecisions: readonly string[];
  readonly npcInteractions: readonly NpcInteraction[];
  readonly worldChanges: readonly string[];
  /** The newest completed session's are the campaign's open threads. */
  readonly unfinishedThreads: readonly string[];
  readonly xpAwarded: number;
  readonly lootAwarded: readonly string[];
  readonly deathCount: number;
  /** How long it really took. */
  readonly durationMinutes: number | null;
  readonly mood: Mood | null;
  /** For GMs only. */
  readonly gmSummary: string | null;
  readonly capturedAt: Date;
}

export type ResultsInput = Changes<Omit<Results, 'capturedAt'>>;

const NOTHING: Omit<Results, 'capturedAt'> = {
  summary: null,
  events: [],
  playerDecisions: [],
  npcInteractions: [],
  worldChanges: [],
  unfinishedThreads: [],
  xpAwarded: 0,
  lootAwarded: [],
  deathCount: 0,
  durationMinutes: null,
  mood: null,
  gmSummary: null,
};

/** Over those of before, of a session that was reopened. */
export function capture(input: ResultsInput, now: Date, before: Results | null = null): Results {
  return amended({ ...(before ?? NOTHING), capturedAt: now }, input);
}

/** Only what is given changes; the very same results where that is nothing. */
export function amended(results: Results, input: ResultsInput): Results {
  return changed<Results>(results, input);
}
