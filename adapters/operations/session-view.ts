import { type InferType, object } from 'yup';
import type { Seen } from '../../core/members/member.ts';
import { ROLES, type Role, abilitiesOn, may } from '../../core/members/role.ts';
import { SESSION_STATUSES, type Session, type SessionStatus, allows } from '../../core/sessions/session.ts';
import { instantOrNull, instantText } from './instant-text.ts';
import { oneOf, shown } from './fields.ts';
import { view } from './response.ts';

export const sessionFields = {
  id: shown.id(),
  campaignId: shown.id(),
  sessionNumber: shown.count(),
  title: shown.text(),
  description: shown.textOrNull(),
  gmNotes: shown.gmText(),
  scheduledDate: shown.instantOrNull(),
  timeZone: shown.text(),
  durationMinutes: shown.countOrNull(),
  status: oneOf(SESSION_STATUSES),
  startedAt: shown.instantOrNull(),
  completedDate: shown.instantOrNull(),
  cancelledReason: shown.textOrNull(),
  abilities: shown.texts(),
  createdAt: shown.instant(),
  updatedAt: shown.instant(),
};

const sessionSchema = object(sessionFields);

const ABILITIES = {
  planned: abilitiesByRole('planned'),
  in_progress: abilitiesByRole('in_progress'),
  completed: abilitiesByRole('completed'),
  cancelled: abilitiesByRole('cancelled'),
};

export const sessionView = view({
  schema: sessionSchema,
  present: presentSession,
  etag: ({ value, role }: Seen<Session>) => sessionEtag(value, role),
  location: ({ value }) => `/api/sessions/${value.id}`,
});

/** Of everything that is shown of a session: its results change its version too. */
export function sessionEtag(session: Session, role: Role): string {
  return `${session.version}-${role}`;
}

export function presentSession({ value: session, role }: Seen<Session>): InferType<typeof sessionSchema> {
  return {
    id: session.id,
    campaignId: session.campaignId,
    sessionNumber: session.sessionNumber,
    title: session.title,
    description: session.description,
    ...(may(role, 'secrets:read') && { gmNotes: session.gmNotes }),
    scheduledDate: instantOrNull(session.scheduledDate),
    timeZone: session.timeZone,
    durationMinutes: session.durationMinutes,
    status: session.status,
    startedAt: instantOrNull(session.startedAt),
    completedDate: instantOrNull(session.completedDate),
    cancelledReason: session.cancelledReason,
    abilities: ABILITIES[session.status].get(role) ?? [],
    createdAt: instantText(session.createdAt),
    updatedAt: instantText(session.updatedAt),
  };
}

function abilitiesByRole(status: SessionStatus): ReadonlyMap<Role, string[]> {
  return new Map(ROLES.map((role) => [role, abilities(status, role)]));
}

/** What the role may do and the session's state allows. Scheduling and restoring are of no use on one that is there. */
function abilities(status: SessionStatus, role: Role): string[] {
  return abilitiesOn('sessions', role).filter(
    (verb) => verb !== 'schedule' && verb !== 'restore' && allows(status, verb),
  );
}
