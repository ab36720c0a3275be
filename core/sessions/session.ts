import { type Changes, given } from '../shared/changes.ts';
import { DomainError } from '../shared/errors.ts';
import { type Moment, momentIn } from '../shared/moment.ts';
import { checkTimeZone } from '../shared/time-zone.ts';
import { expectRestorable, type Trashable } from '../shared/trash.ts';
import { type Versioned, revised } from '../shared/version.ts';

export const SESSION_STATUSES = ['planned', 'in_progress', 'completed', 'cancelled'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const MAX_SESSION_NUMBER = 1_000_000;

/** One evening at the table. (Logging in is a sign-in.) */
export interface Session extends Versioned, Trashable {
  readonly id: string;
  readonly campaignId: string;
  /** 1, 2, 3 … in its campaign. */
  readonly sessionNumber: number;
  readonly title: string;
  /** Markdown. */
  readonly description: string | null;
  /** Markdown, for GMs only. */
  readonly gmNotes: string | null;
  readonly scheduledDate: Date | null;
  /** IANA name: the zone in which the date is meant. */
  readonly timeZone: string;
  readonly durationMinutes: number | null;
  readonly status: SessionStatus;
  readonly startedAt: Date | null;
  readonly completedDate: Date | null;
  readonly cancelledReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SessionDetails {
  readonly title: string;
  readonly description?: string | null | undefined;
  readonly gmNotes?: string | null | undefined;
  /** A time on the wall is meant in the time zone, also where that is not given. */
  readonly scheduledDate?: Moment | null | undefined;
  readonly timeZone?: string | undefined;
  readonly durationMinutes?: number | null | undefined;
}

export type SessionChanges = Changes<SessionDetails> & { readonly sessionNumber?: number | undefined };

export interface NewDate {
  readonly scheduledDate: Moment;
  readonly timeZone?: string | undefined;
  readonly durationMinutes?: number | null | undefined;
}

type Transition = 'start' | 'finalize' | 'cancel' | 'reschedule' | 'reopen';

/** The state machine: where each transition leads from each state; null is illegal. */
const MACHINE: Readonly<Record<SessionStatus, Readonly<Record<Transition, SessionStatus | null>>>> = {
  planned: { start: 'in_progress', finalize: 'completed', cancel: 'cancelled', reschedule: 'planned', reopen: null },
  in_progress: { start: null, finalize: 'completed', cancel: 'cancelled', reschedule: null, reopen: 'planned' },
  completed: { start: null, finalize: null, cancel: null, reschedule: null, reopen: 'in_progress' },
  cancelled: { start: null, finalize: null, cancel: null, reschedule: 'planned', reopen: 'planned' },
};

/** Whether a session's state allows what a verb of the role table names; verbs that are no transition always are. */
export function allows(status: SessionStatus, verb: string): boolean {
  const row: Readonly<Record<string, SessionStatus | null>> = MACHINE[status];
  return row[verb] !== null;
}

/** A new planned session. @throws DomainError `validation_failed` for an unknown time zone, `session_number_taken` */
export function schedule(
  input: SessionDetails & {
    readonly id: string;
    readonly campaignId: string;
    readonly sessionNumber: number;
    /** The campaign's, where none is given. */
    readonly timeZone: string;
    readonly now: Date;
  },
): Session {
  if (input.sessionNumber > MAX_SESSION_NUMBER) {
    const message = `The highest number, ${MAX_SESSION_NUMBER}, is taken, and none comes after it. Give a free one.`;
    throw new DomainError('session_number_taken', message);
  }
  const timeZone = checkTimeZone(input.timeZone);
  return {
    id: input.id,
    campaignId: input.campaignId,
    sessionNumber: input.sessionNumber,
    title: input.title,
    description: input.description ?? null,
    gmNotes: input.gmNotes ?? null,
    scheduledDate: dateIn(input.scheduledDate ?? null, timeZone),
    timeZone,
    durationMinutes: input.durationMinutes ?? null,
    status: 'planned',
    startedAt: null,
    completedDate: null,
    cancelledReason: null,
    createdAt: input.now,
    updatedAt: input.now,
    deletedAt: null,
    version: 1,
  };
}

/**
 * Only what is given changes, null emptying an optional field; the very same session where that is nothing.
 * @throws DomainError `illegal_transition` for another date when the session is not planned; `validation_failed`
 */
export function updated(session: Session, changes: SessionChanges, now: Date): Session {
  const timeZone = zoneOf(session, changes.timeZone);
  const scheduledDate = dateIn(given(changes.scheduledDate, session.scheduledDate), timeZone);
  const durationMinutes = given(changes.durationMinutes, session.durationMinutes);
  // A form sends back what it was given: the same date is no other date.
  const moves =
    scheduledDate?.getTime() !== session.scheduledDate?.getTime() ||
    timeZone !== session.timeZone ||
    durationMinutes !== session.durationMinutes;
  if (moves && session.status !== 'planned') {
    throw new DomainError(
      'illegal_transition',
      `The date of a session that is ${session.status} cannot be edited. Reopen it first, or reschedule a cancelled one.`,
    );
  }
  return revised(session, { ...changes, scheduledDate, timeZone, durationMinutes }, now);
}

/** @throws DomainError `illegal_transition` */
export function start(session: Session, now: Date): Session {
  return revised(session, { status: follow(session, 'start'), startedAt: now }, now);
}

/** @throws DomainError `illegal_transition` */
export function finalize(session: Session, now: Date): Session {
  return revised(session, { status: follow(session, 'finalize'), completedDate: now }, now);
}

/** @throws DomainError `illegal_transition` */
export function cancel(session: Session, reason: string | null, now: Date): Session {
  return revised(session, { status: follow(session, 'cancel'), cancelledReason: reason }, now);
}

/** A cancelled session becomes planned again. @throws DomainError `illegal_transition`, `validation_failed` */
export function reschedule(session: Session, date: NewDate, now: Date): Session {
  const status = follow(session, 'reschedule');
  const timeZone = zoneOf(session, date.timeZone);
  const changes: Changes<Session> = {
    status,
    scheduledDate: dateIn(date.scheduledDate, timeZone),
    timeZone,
    durationMinutes: date.durationMinutes,
    startedAt: null,
    cancelledReason: null,
  };
  return revised(session, changes, now);
}

/**
 * One step back after a slip: planned again, or in progress where it was completed. Its results stay, to be amended or
 * finalized anew. @throws DomainError `illegal_transition`
 */
export function reopen(session: Session, now: Date): Session {
  const status = follow(session, 'reopen');
  const startedAt = status === 'planned' ? null : (session.startedAt ?? now);
  return revised(session, { status, startedAt, completedDate: null, cancelledReason: null }, now);
}

/** Counts as a change of the session: what belongs to it, such as its results, was changed. */
export function touched(session: Session, now: Date): Session {
  return { ...session, updatedAt: now, version: session.version + 1 };
}

export function trashed(session: Session, now: Date): Session {
  return revised(session, { deletedAt: now }, now);
}

/** @throws DomainError `not_found` when it was deleted too long ago */
export function restored(session: Session, now: Date): Session {
  expectRestorable(session, now);
  return revised(session, { deletedAt: null }, now);
}

function dateIn(moment: Moment | null, timeZone: string): Date | null {
  return moment === null ? null : momentIn(moment, timeZone, 'scheduledDate');
}

/** What is stored was checked by the rules of its time, and stays what it is. */
function zoneOf(session: Session, given: string | undefined): string {
  return given === undefined || given === session.timeZone ? session.timeZone : checkTimeZone(given);
}

function follow(session: Session, transition: Transition): SessionStatus {
  const target = MACHINE[session.status][transition];
  if (target !== null) return target;
  const legal = Object.entries(MACHINE[session.status])
    .filter(([, to]) => to !== null)
    .map(([verb]) => verb);
  throw new DomainError(
    'illegal_transition',
    `Session ${session.sessionNumber} is ${session.status}, so you cannot ${transition} it. ` +
      (legal.length === 0 ? 'Nothing follows on that.' : `What you can do: ${legal.join(', ')}.`),
  );
}
