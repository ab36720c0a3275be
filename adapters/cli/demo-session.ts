interface DemoResults {
  readonly summary: string;
  readonly events: string[];
  readonly playerDecisions: string[];
  readonly npcInteractions: { readonly name: string; readonly note: string }[];
  readonly worldChanges: string[];
  readonly unfinishedThreads: string[];
  readonly xpAwarded: number;
  readonly lootAwarded: string[];
  readonly deathCount: number;
  readonly durationMinutes: number;
  readonly mood: 'intense' | 'comedic' | 'dramatic' | 'mixed';
  readonly gmSummary: string;
}

type Fate =
  | { readonly status: 'completed'; readonly results: DemoResults }
  | { readonly status: 'cancelled'; readonly reason: string }
  | { readonly status: 'in_progress' }
  | { readonly status: 'planned' };

/** A session of the demo campaign, and what is to become of it. */
export interface DemoSession {
  readonly title: string;
  readonly description: string;
  readonly gmNotes: string;
  readonly durationMinutes: number;
  /** Negative: in the past. */
  readonly weeksFromNow: number;
  readonly fate: Fate;
}
