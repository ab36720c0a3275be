import { type InferType, array, number, object } from 'yup';
import type { Seen } from '../../core/members/member.ts';
import { type Role, may } from '../../core/members/role.ts';
import type { AmendResults } from '../../core/sessions/amend-results.ts';
import type { FinalizeSession } from '../../core/sessions/finalize-session.ts';
import { MOODS, type Results, type ResultsInput } from '../../core/sessions/results.ts';
import type { SessionQueries, SessionWithResults } from '../../core/sessions/session-queries.ts';
import { notFound } from '../../core/shared/errors.ts';
import { instantText } from './instant-text.ts';
import {
  id,
  line,
  optionalInteger,
  optionalIntegerOrNull,
  optionalList,
  optionalMarkdown,
  optionalOneOfOrNull,
  optionalTexts,
  shown,
} from './fields.ts';
import { operation, read } from './operation.ts';
import { view } from './response.ts';
import { presentSession, sessionEtag, sessionFields } from './session-view.ts';

export interface ResultServices {
  readonly results: {
    readonly finalize: FinalizeSession;
    readonly amend: AmendResults;
    readonly queries: Pick<SessionQueries, 'findResults'>;
  };
}

const MAX_MINUTES = 7 * 24 * 60;

const resultsFields = {
  summary: shown.textOrNull(),
  events: shown.texts(),
  playerDecisions: shown.texts(),
  npcInteractions: array(
    object({ npcId: shown.textOrNull().meta({ format: 'uuid' }), name: shown.text(), note: shown.textOrNull() }),
  ).defined(),
  worldChanges: shown.texts(),
  unfinishedThreads: shown.texts(),
  xpAwarded: number().integer().defined(),
  lootAwarded: shown.texts(),
  deathCount: number().integer().defined(),
  durationMinutes: shown.countOrNull(),
  mood: shown.oneOfOrNull(MOODS),
  gmSummary: shown.gmText(),
  capturedAt: shown.instant(),
};

const resultsSchema = object(resultsFields);

export const resultsView = view({
  schema: resultsSchema,
  present: ({ value, role }: Seen<SessionWithResults>) => presentResults(value.results, role),
  etag: ({ value, role }) => sessionEtag(value.session, role),
});

const finalizedView = view({
  schema: object({ ...sessionFields, results: resultsSchema.defined() }),
  present: ({ value, role }: Seen<SessionWithResults>) => ({
    ...presentSession({ value: value.session, role }),
    results: presentResults(value.results, role),
  }),
  etag: ({ value, role }) => sessionEtag(value.session, role),
});

const sessionParams = object({ id: id() });
const resultsBody = object({
  summary: optionalMarkdown(),
  events: optionalTexts(),
  playerDecisions: optionalTexts(),
  npcInteractions: optionalList(
    object({ npcId: id().nullable().optional(), name: line(), note: optionalMarkdown() }).noUnknown(),
  ),
  worldChanges: optionalTexts(),
  unfinishedThreads: optionalTexts(),
  xpAwarded: optionalInteger(0, 10_000_000),
  lootAwarded: optionalTexts(),
  deathCount: optionalInteger(0, 10_000),
  durationMinutes: optionalIntegerOrNull(1, MAX_MINUTES),
  mood: optionalOneOfOrNull(MOODS),
  gmSummary: optionalMarkdown(),
}).noUnknown();

export const finalizeSession = operation({
  name: 'finalizeSession',
  summary: 'Complete a session and keep what came of it',
  method: 'POST',
  path: '/api/sessions/:id/finalize',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: resultsBody,
  faults: [404, 409, 412],
  response: finalizedView,
  run: ({ results }: ResultServices, actor, { params, body, expectedVersions }) =>
    results.finalize(actor, { sessionId: params.id, results: toResults(body), expectedVersions }),
});

export const getResults = read({
  name: 'getResults',
  summary: 'What came of a completed session',
  method: 'GET',
  path: '/api/sessions/:id/results',
  status: 200,
  access: { scope: 'sessions:read' },
  params: sessionParams,
  faults: [404],
  response: resultsView,
  cachedBy: ({ value }) => [value.session.campaignId],
  run: async ({ results }: ResultServices, viewer, { params }) => {
    const found = await results.queries.findResults(viewer, params.id);
    if (found === null) throw notFound();
    return found;
  },
});

const amendResults = operation({
  name: 'amendResults',
  summary: 'Correct what is given of the results',
  method: 'PATCH',
  path: '/api/sessions/:id/results',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: resultsBody,
  faults: [404, 409, 412],
  response: resultsView,
  run: ({ results }: ResultServices, actor, { params, body, expectedVersions }) =>
    results.amend(actor, { sessionId: params.id, results: toResults(body), expectedVersions }),
});

export const resultOperations = [finalizeSession, getResults, amendResults];

function toResults(body: InferType<typeof resultsBody>): ResultsInput {
  return {
    ...body,
    npcInteractions: body.npcInteractions?.map(({ npcId = null, name, note = null }) => ({ npcId, name, note })),
  };
}

function presentResults(results: Results, role: Role): InferType<typeof resultsSchema> {
  return {
    summary: results.summary,
    events: [...results.events],
    playerDecisions: [...results.playerDecisions],
    npcInteractions: results.npcInteractions.map(({ npcId, name, note }) => ({ npcId, name, note })),
    worldChanges: [...results.worldChanges],
    unfinishedThreads: [...results.unfinishedThreads],
    xpAwarded: results.xpAwarded,
    lootAwarded: [...results.lootAwarded],
    deathCount: results.deathCount,
    durationMinutes: results.durationMinutes,
    mood: results.mood,
    ...(may(role, 'secrets:read') && { gmSummary: results.gmSummary }),
    capturedAt: instantText(results.capturedAt),
  };
}
