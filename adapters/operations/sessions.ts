import { type InferType, object } from 'yup';
import type { CancelSession } from '../../core/sessions/cancel-session.ts';
import type { DeleteSession } from '../../core/sessions/delete-session.ts';
import type { RescheduleSession } from '../../core/sessions/reschedule-session.ts';
import type { RestoreSession } from '../../core/sessions/restore-session.ts';
import type { ScheduleSession } from '../../core/sessions/schedule-session.ts';
import { MAX_SESSION_NUMBER, SESSION_STATUSES } from '../../core/sessions/session.ts';
import { SESSION_ORDERS, type SessionFilter, type SessionQueries } from '../../core/sessions/session-queries.ts';
import type { StartSession } from '../../core/sessions/start-session.ts';
import type { UpdateSession } from '../../core/sessions/update-session.ts';
import { notFound } from '../../core/shared/errors.ts';
import {
  emptyBody,
  id,
  instant,
  line,
  optionalIdEnding,
  optionalInstant,
  optionalInstantOrNull,
  optionalInteger,
  optionalIntegerOrNull,
  optionalLine,
  optionalMarkdown,
  optionalOneOf,
  optionalText,
  pageFields,
  toDate,
} from './fields.ts';
import { operation, read } from './operation.ts';
import { listOf, nothing } from './response.ts';
import { sessionView } from './session-view.ts';

export interface SessionServices {
  readonly sessions: {
    readonly schedule: ScheduleSession;
    readonly update: UpdateSession;
    readonly start: StartSession;
    readonly cancel: CancelSession;
    readonly reschedule: RescheduleSession;
    readonly delete: DeleteSession;
    readonly restore: RestoreSession;
    readonly queries: SessionQueries;
  };
}

const sessionParams = object({ id: id() });
const MAX_MINUTES = 24 * 60;

const optionalDetails = {
  description: optionalMarkdown(),
  gmNotes: optionalMarkdown(),
  scheduledDate: optionalInstantOrNull(),
  timeZone: optionalText(64),
  durationMinutes: optionalIntegerOrNull(1, MAX_MINUTES),
  sessionNumber: optionalInteger(1, MAX_SESSION_NUMBER),
};

export const scheduleSession = operation({
  name: 'scheduleSession',
  summary: 'Schedule a session; it gets the next number unless one is given',
  method: 'POST',
  path: '/api/campaigns/:campaignId/sessions',
  status: 201,
  access: { scope: 'sessions:write' },
  params: object({ campaignId: id() }),
  body: object({ title: line(), ...optionalDetails }).noUnknown(),
  faults: [404, 409],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params, body }) =>
    sessions.schedule(actor, { ...params, ...body, scheduledDate: toDate(body.scheduledDate) }),
});

const filters = object({
  status: optionalOneOf(SESSION_STATUSES),
  from: optionalInstant(),
  to: optionalInstant(),
  idEnding: optionalIdEnding(),
  ...pageFields(),
}).noUnknown();

function filterOf({ status, from, to, idEnding }: InferType<typeof filters>): SessionFilter {
  return {
    status: status ?? null,
    from: toDate(from) ?? null,
    to: toDate(to) ?? null,
    idEnding: idEnding?.toLowerCase() ?? null,
  };
}

export const listSessions = read({
  name: 'listSessions',
  summary: "A campaign's sessions",
  method: 'GET',
  path: '/api/campaigns/:campaignId/sessions',
  status: 200,
  access: { scope: 'sessions:read' },
  params: object({ campaignId: id() }),
  query: filters.shape({ number: optionalInteger(1, MAX_SESSION_NUMBER), sort: optionalOneOf(SESSION_ORDERS) }),
  faults: [404],
  response: listOf(sessionView),
  cachedBy: (_, { campaignId }) => [campaignId],
  run: async ({ sessions }: SessionServices, viewer, { params, query, page }) => {
    const { number = null, sort = 'sessionNumber' } = query;
    const filter = { ...filterOf(query), number };
    const found = await sessions.queries.list(viewer, params.campaignId, filter, sort, page);
    if (found === null) throw notFound();
    return found;
  },
});

export const listMySessions = read({
  name: 'listMySessions',
  summary: 'The sessions of all my campaigns, by date; those without one come last',
  method: 'GET',
  path: '/api/sessions',
  status: 200,
  access: { scope: 'sessions:read' },
  query: filters,
  response: listOf(sessionView),
  // Not cached: what is new in a campaign that the answer does not show may belong on it all the same.
  run: ({ sessions }: SessionServices, viewer, { query, page }) =>
    sessions.queries.listMine(viewer, filterOf(query), page),
});

export const getSession = read({
  name: 'getSession',
  summary: 'One session',
  method: 'GET',
  path: '/api/sessions/:id',
  status: 200,
  access: { scope: 'sessions:read' },
  params: sessionParams,
  faults: [404],
  response: sessionView,
  cachedBy: ({ value }) => [value.campaignId],
  run: async ({ sessions }: SessionServices, viewer, { params }) => {
    const session = await sessions.queries.find(viewer, params.id);
    if (session === null) throw notFound();
    return session;
  },
});

export const updateSession = operation({
  name: 'updateSession',
  summary: 'Change what is given of a session',
  method: 'PATCH',
  alsoMethod: 'PUT',
  path: '/api/sessions/:id',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: object({ title: line().optional(), ...optionalDetails }).noUnknown(),
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params, body, expectedVersions }) =>
    sessions.update(actor, {
      sessionId: params.id,
      changes: { ...body, scheduledDate: toDate(body.scheduledDate) },
      expectedVersions,
    }),
});

export const deleteSession = operation({
  name: 'deleteSession',
  summary: 'Move a session to the trash; its number stays taken',
  method: 'DELETE',
  path: '/api/sessions/:id',
  status: 204,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  faults: [404, 412],
  response: nothing,
  run: ({ sessions }: SessionServices, actor, { params, expectedVersions }) =>
    sessions.delete(actor, { sessionId: params.id, expectedVersions }),
});

export const restoreSession = operation({
  name: 'restoreSession',
  summary: 'Take a session out of the trash, within 30 days',
  method: 'POST',
  path: '/api/sessions/:id/restore',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: emptyBody(),
  faults: [404],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params }) => sessions.restore(actor, { sessionId: params.id }),
});

export const startSession = operation({
  name: 'startSession',
  summary: 'The party sits down to play: planned becomes in_progress',
  method: 'POST',
  path: '/api/sessions/:id/start',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: emptyBody(),
  faults: [404, 409],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params }) => sessions.start(actor, { sessionId: params.id }),
});

export const cancelSession = operation({
  name: 'cancelSession',
  summary: 'Cancel a session that is planned or in progress',
  method: 'POST',
  path: '/api/sessions/:id/cancel',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: object({ reason: optionalLine() }).noUnknown(),
  faults: [404, 409],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params, body }) =>
    sessions.cancel(actor, { sessionId: params.id, reason: body.reason ?? null }),
});

export const rescheduleSession = operation({
  name: 'rescheduleSession',
  summary: 'Give a planned or cancelled session another date; it is planned then',
  method: 'POST',
  path: '/api/sessions/:id/reschedule',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: object({
    scheduledDate: instant(),
    timeZone: optionalText(64),
    durationMinutes: optionalIntegerOrNull(1, MAX_MINUTES),
  }).noUnknown(),
  faults: [404, 409],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params, body }) =>
    sessions.reschedule(actor, { ...body, sessionId: params.id, scheduledDate: toDate(body.scheduledDate) }),
});

export const sessionOperations = [
  scheduleSession,
  listSessions,
  listMySessions,
  getSession,
  updateSession,
  deleteSession,
  restoreSession,
  startSession,
  cancelSession,
  rescheduleSession,
];
