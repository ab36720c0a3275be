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
