import { type InferType, object } from 'yup';
import type { DeleteSession } from '../../core/sessions/delete-session.ts';
import type { ListMySessions } from '../../core/sessions/list-my-sessions.ts';
import type { ListSessions } from '../../core/sessions/list-sessions.ts';
import type { RestoreSession } from '../../core/sessions/restore-session.ts';
import type { ScheduleSession } from '../../core/sessions/schedule-session.ts';
import { MAX_SESSION_NUMBER, SESSION_STATUSES } from '../../core/sessions/session.ts';
import { SESSION_ORDERS, type SessionInquiry, type SessionQueries } from '../../core/sessions/session-queries.ts';
import type { UpdateSession } from '../../core/sessions/update-session.ts';
import { notFound } from '../../core/shared/errors.ts';
import {
  emptyBody,
  id,
  line,
  optionalIdEnding,
  optionalInteger,
  optionalIntegerOrNull,
  optionalMarkdown,
  optionalMoment,
  optionalMomentOrNull,
  optionalOneOf,
  optionalText,
  pageFields,
  toMoment,
} from './fields.ts';
import { operation, read } from './operation.ts';
import { listOf, nothing } from './response.ts';
import { sessionView } from './session-view.ts';

export interface SessionServices {
  readonly sessions: {
    readonly schedule: ScheduleSession;
    readonly update: UpdateSession;
    readonly delete: DeleteSession;
    readonly restore: RestoreSession;
    readonly list: ListSessions;
    readonly listMine: ListMySessions;
    readonly queries: SessionQueries;
  };
}

export const sessionParams = object({ id: id() });
export const MAX_MINUTES = 24 * 60;

const optionalDetails = {
  description: optionalMarkdown(),
  gmNotes: optionalMarkdown(),
  scheduledDate: optionalMomentOrNull(),
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
    sessions.schedule(actor, { ...params, ...body, scheduledDate: toMoment(body.scheduledDate) }),
});

const filters = object({
  status: optionalOneOf(SESSION_STATUSES),
  from: optionalMoment(),
  to: optionalMoment(),
  timeZone: optionalText(64),
  idEnding: optionalIdEnding(),
  ...pageFields(),
}).noUnknown();

function inquiryOf({ status, from, to, timeZone, idEnding }: InferType<typeof filters>): SessionInquiry {
  return {
    status: status ?? null,
    from: toMoment(from) ?? null,
    to: toMoment(to) ?? null,
    timeZone: timeZone ?? null,
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
  query: filters.shape({
    q: optionalText(255),
    number: optionalInteger(1, MAX_SESSION_NUMBER),
    sort: optionalOneOf(SESSION_ORDERS),
  }),
  faults: [404],
  response: listOf(sessionView),
  cachedBy: (_, { campaignId }) => [campaignId],
  run: ({ sessions }: SessionServices, viewer, { params, query, page }) => {
    const { q = null, number = null, sort: order = 'sessionNumber' } = query;
    return sessions.list(viewer, { ...params, inquiry: { ...inquiryOf(query), q, number }, order }, page);
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
    sessions.listMine(viewer, { inquiry: inquiryOf(query) }, page),
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
      changes: { ...body, scheduledDate: toMoment(body.scheduledDate) },
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
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionServices, actor, { params, expectedVersions }) =>
    sessions.restore(actor, { sessionId: params.id, expectedVersions }),
});

export const sessionOperations = [
  scheduleSession,
  listSessions,
  listMySessions,
  getSession,
  updateSession,
  deleteSession,
  restoreSession,
];
