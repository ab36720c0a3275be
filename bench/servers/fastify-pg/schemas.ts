/* JSON schemas: of answers, compiled into serializers, and of what comes in, compiled into guards. */

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const integer = { type: 'integer' } as const;
const integerOrNull = { type: ['integer', 'null'] } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const texts = { type: 'array', items: text } as const;

export const campaign = {
  type: 'object',
  properties: {
    id: text,
    name: text,
    description: textOrNull,
    setting: textOrNull,
    theme: textOrNull,
    tone: textOrNull,
    system: textOrNull,
    playerCount: integer,
    partyLevel: integer,
    timeZone: text,
    status: text,
    ownerId: text,
    role: text,
    abilities: texts,
    createdAt: instant,
    updatedAt: instant,
  },
} as const;

const sessionProperties = {
  id: text,
  campaignId: text,
  sessionNumber: integer,
  title: text,
  description: textOrNull,
  gmNotes: textOrNull,
  scheduledDate: instantOrNull,
  timeZone: text,
  durationMinutes: integerOrNull,
  status: text,
  startedAt: instantOrNull,
  completedDate: instantOrNull,
  cancelledReason: textOrNull,
  abilities: texts,
  createdAt: instant,
  updatedAt: instant,
} as const;

export const session = { type: 'object', properties: sessionProperties } as const;

export const listOf = <T>(items: T): { readonly type: 'array'; readonly items: T } => ({ type: 'array', items });

const uuid = { type: 'string', format: 'uuid' } as const;

export const campaignParams = { type: 'object', required: ['id'], properties: { id: uuid } } as const;
export const sessionsParams = { type: 'object', required: ['campaignId'], properties: { campaignId: uuid } } as const;

const page = {
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  cursor: { type: 'string', maxLength: 100 },
} as const;

export const listQuery = { type: 'object', additionalProperties: false, properties: page } as const;
export const sessionsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { ...page, status: { enum: ['planned', 'in_progress', 'completed', 'cancelled'] } },
} as const;

const lineOrNull = { type: ['string', 'null'], maxLength: 255 } as const;
const markdownOrNull = { type: ['string', 'null'], maxLength: 100_000 } as const;
const markdowns = { type: 'array', maxItems: 200, items: { type: 'string', minLength: 1, maxLength: 10_000 } } as const;
const minutesOrNull = { type: ['integer', 'null'], minimum: 1, maximum: 1440 } as const;

export const newCampaign = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 255 },
    description: markdownOrNull,
    setting: lineOrNull,
    theme: lineOrNull,
    tone: lineOrNull,
    system: lineOrNull,
    playerCount: { type: 'integer', minimum: 1, maximum: 20, default: 4 },
    partyLevel: { type: 'integer', minimum: 1, maximum: 30, default: 1 },
  },
} as const;

export const newSession = {
  type: 'object',
  additionalProperties: false,
  required: ['title'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 255 },
    description: markdownOrNull,
    gmNotes: markdownOrNull,
    scheduledDate: { type: ['string', 'null'], format: 'date-time' },
    timeZone: { type: 'string', maxLength: 64, default: 'UTC' },
    durationMinutes: minutesOrNull,
  },
} as const;

export const newResults = {
  type: 'object',
  additionalProperties: false,
  properties: {
    summary: markdownOrNull,
    events: { ...markdowns, default: [] },
    playerDecisions: { ...markdowns, default: [] },
    npcInteractions: {
      type: 'array',
      maxItems: 200,
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          npcId: { type: ['string', 'null'], format: 'uuid', default: null },
          name: { type: 'string', minLength: 1, maxLength: 255 },
          note: { ...markdownOrNull, default: null },
        },
      },
    },
    worldChanges: { ...markdowns, default: [] },
    unfinishedThreads: { ...markdowns, default: [] },
    xpAwarded: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 },
    lootAwarded: { ...markdowns, default: [] },
    deathCount: { type: 'integer', minimum: 0, maximum: 10_000, default: 0 },
    durationMinutes: { type: ['integer', 'null'], minimum: 1, maximum: 10_080 },
    mood: { enum: ['intense', 'comedic', 'dramatic', 'mixed', null] },
    gmSummary: markdownOrNull,
  },
} as const;

const results = {
  type: 'object',
  properties: {
    summary: textOrNull,
    events: texts,
    playerDecisions: texts,
    npcInteractions: {
      type: 'array',
      items: { type: 'object', properties: { npcId: textOrNull, name: text, note: textOrNull } },
    },
    worldChanges: texts,
    unfinishedThreads: texts,
    xpAwarded: integer,
    lootAwarded: texts,
    deathCount: integer,
    durationMinutes: integerOrNull,
    mood: textOrNull,
    gmSummary: textOrNull,
    capturedAt: instant,
  },
} as const;

export const finalized = { type: 'object', properties: { ...sessionProperties, results } } as const;

export const credentials = {
  type: 'object',
  additionalProperties: false,
  required: ['email', 'password'],
  properties: {
    email: { type: 'string', minLength: 1, maxLength: 1024 },
    password: { type: 'string', minLength: 1, maxLength: 1024 },
  },
} as const;

export const refreshBody = {
  type: 'object',
  additionalProperties: false,
  required: ['refreshToken'],
  properties: { refreshToken: { type: 'string', minLength: 1, maxLength: 1024 } },
} as const;

export const tokenPair = { type: 'object', properties: { token: text, refreshToken: text } } as const;

export const signedIn = {
  type: 'object',
  properties: {
    user: { type: 'object', properties: { id: text, email: text, username: text, createdAt: instant } },
    token: text,
    refreshToken: text,
  },
} as const;
