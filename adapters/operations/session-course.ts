import { object } from 'yup';
import type { CancelSession } from '../../core/sessions/cancel-session.ts';
import type { ReopenSession } from '../../core/sessions/reopen-session.ts';
import type { RescheduleSession } from '../../core/sessions/reschedule-session.ts';
import type { StartSession } from '../../core/sessions/start-session.ts';
import { emptyBody, moment, optionalIntegerOrNull, optionalLine, optionalText, toMoment } from './fields.ts';
import { operation } from './operation.ts';
import { MAX_MINUTES, sessionParams } from './sessions.ts';
import { sessionView } from './session-view.ts';

/* What moves a session on, or back; finalizing it is with its results. */

export interface SessionCourseServices {
  readonly sessions: {
    readonly start: StartSession;
    readonly cancel: CancelSession;
    readonly reopen: ReopenSession;
    readonly reschedule: RescheduleSession;
  };
}

export const startSession = operation({
  name: 'startSession',
  summary: 'The party sits down to play: planned becomes in_progress',
  method: 'POST',
  path: '/api/sessions/:id/start',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: emptyBody(),
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionCourseServices, actor, { params, expectedVersions }) =>
    sessions.start(actor, { sessionId: params.id, expectedVersions }),
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
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionCourseServices, actor, { params, body, expectedVersions }) =>
    sessions.cancel(actor, { sessionId: params.id, reason: body.reason ?? null, expectedVersions }),
});

export const reopenSession = operation({
  name: 'reopenSession',
  summary: 'Undo the last step: in_progress or cancelled becomes planned, completed becomes in_progress',
  method: 'POST',
  path: '/api/sessions/:id/reopen',
  status: 200,
  access: { scope: 'sessions:write' },
  params: sessionParams,
  body: emptyBody(),
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionCourseServices, actor, { params, expectedVersions }) =>
    sessions.reopen(actor, { sessionId: params.id, expectedVersions }),
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
    scheduledDate: moment(),
    timeZone: optionalText(64),
    durationMinutes: optionalIntegerOrNull(1, MAX_MINUTES),
  }).noUnknown(),
  faults: [404, 409, 412],
  response: sessionView,
  run: ({ sessions }: SessionCourseServices, actor, { params: { id: sessionId }, body, expectedVersions }) =>
    sessions.reschedule(actor, { ...body, sessionId, scheduledDate: toMoment(body.scheduledDate), expectedVersions }),
});

export const sessionCourseOperations = [startSession, cancelSession, reopenSession, rescheduleSession];
