import { z } from 'zod';

const line = z.string().trim().min(1).max(255);
const lineOrNull = z.string().trim().max(255).nullable().default(null);
const markdownOrNull = z.string().max(100_000).nullable().default(null);
const markdowns = z.array(z.string().min(1).max(10_000)).max(200).default([]);

export const uuid = z.guid();

const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(100).optional(),
};

export const listQuery = z.strictObject(page);
export const sessionsQuery = z.strictObject({
  ...page,
  status: z.enum(['planned', 'in_progress', 'completed', 'cancelled']).optional(),
});

export const newCampaign = z.strictObject({
  name: line,
  description: markdownOrNull,
  setting: lineOrNull,
  theme: lineOrNull,
  tone: lineOrNull,
  system: lineOrNull,
  playerCount: z.number().int().min(1).max(20).default(4),
  partyLevel: z.number().int().min(1).max(30).default(1),
});

export const newSession = z.strictObject({
  title: line,
  description: markdownOrNull,
  gmNotes: markdownOrNull,
  scheduledDate: z.iso.datetime({ offset: true }).nullable().default(null),
  timeZone: z.string().max(64).default('UTC'),
  durationMinutes: z.number().int().min(1).max(1440).nullable().default(null),
});

export const newResults = z.strictObject({
  summary: markdownOrNull,
  events: markdowns,
  playerDecisions: markdowns,
  npcInteractions: z
    .array(z.strictObject({ npcId: uuid.nullable().default(null), name: line, note: markdownOrNull }))
    .max(200)
    .default([]),
  worldChanges: markdowns,
  unfinishedThreads: markdowns,
  xpAwarded: z.number().int().min(0).max(10_000_000).default(0),
  lootAwarded: markdowns,
  deathCount: z.number().int().min(0).max(10_000).default(0),
  durationMinutes: z.number().int().min(1).max(10_080).nullable().default(null),
  mood: z.enum(['intense', 'comedic', 'dramatic', 'mixed']).nullable().default(null),
  gmSummary: markdownOrNull,
});

export const credentials = z.strictObject({
  email: z.string().trim().toLowerCase().min(1).max(1024),
  password: z.string().min(1).max(1024),
});

export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(1024) });
