import { expect } from 'chai';
import { aSession } from '../../infrastructure/contracts/builders.ts';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import {
  SESSION_STATUSES,
  type Session,
  type SessionStatus,
  allows,
  cancel,
  finalize,
  reopen,
  reschedule,
  restored,
  schedule,
  start,
  touched,
  trashed,
  updated,
} from './session.ts';

const now = new Date('2027-02-03T04:05:06.789Z');
const date = new Date('2027-03-01T18:30:00.000Z');

const transitions = {
  start: (session: Session) => start(session, now),
  finalize: (session: Session) => finalize(session, now),
  cancel: (session: Session) => cancel(session, 'Snow', now),
  reschedule: (session: Session) => reschedule(session, { scheduledDate: date }, now),
  reopen: (session: Session) => reopen(session, now),
} as const;
type Transition = keyof typeof transitions;
const verbs = ['start', 'finalize', 'cancel', 'reschedule', 'reopen'] as const;

/** The contract's sentence about `status`, written out: from, verb, to. What is not here is illegal. */
const legal: readonly (readonly [SessionStatus, Transition, SessionStatus])[] = [
  ['planned', 'start', 'in_progress'],
  ['planned', 'finalize', 'completed'],
  ['planned', 'cancel', 'cancelled'],
  ['planned', 'reschedule', 'planned'],
  ['in_progress', 'finalize', 'completed'],
  ['in_progress', 'cancel', 'cancelled'],
  ['cancelled', 'reschedule', 'planned'],
  ['in_progress', 'reopen', 'planned'],
  ['completed', 'reopen', 'in_progress'],
  ['cancelled', 'reopen', 'planned'],
];

/** A session as it is found in each state, with every field that this state can have. */
const inState: Readonly<Record<SessionStatus, Session>> = {
  planned: aSession({ version: 5 }),
  in_progress: aSession({ version: 5, status: 'in_progress', startedAt: date }),
  completed: aSession({ version: 5, status: 'completed', startedAt: date, completedDate: date }),
  cancelled: aSession({ version: 5, status: 'cancelled', startedAt: date, cancelledReason: 'Snow' }),
};

describe('session state machine', () => {
  for (const from of SESSION_STATUSES) {
    for (const verb of verbs) {
      const to = legal.find(([state, transition]) => state === from && transition === verb)?.[2];
      if (to !== undefined) {
        it(`lets you ${verb} a session that is ${from}, which makes it ${to}`, () => {
          expect(transitions[verb](inState[from]).status).to.equal(to);
          expect(allows(from, verb)).to.equal(true);
        });
      } else {
        it(`refuses to ${verb} a session that is ${from}`, async () => {
          expect(await codeOf(() => transitions[verb](inState[from]))).to.equal('illegal_transition');
          expect(allows(from, verb)).to.equal(false);
        });
      }
    }
    it(`allows verbs that are no transition of a session that is ${from}`, () => {
      for (const verb of ['update', 'delete', 'restore']) expect(allows(from, verb)).to.equal(true);
    });
  }

  it('tells what can be done instead of an illegal transition', async () => {
    const { message } = await faultOf(() => start({ ...inState.cancelled, sessionNumber: 12 }, now));

    expect(message).to.include('Session 12 is cancelled').and.to.include('reschedule').and.not.to.include('finalize');
  });
});

describe('session changes', () => {
  it('starts: notes when, and nothing else changes', () => {
    const session = inState.planned;

    expect(start(session, now)).to.deep.equal({
      ...session,
      status: 'in_progress',
      startedAt: now,
      updatedAt: now,
      version: 6,
    });
  });

  it('finalizes a running session: notes when, and keeps when it was started', () => {
    const session = inState.in_progress;

    expect(finalize(session, now)).to.deep.equal({
      ...session,
      status: 'completed',
      completedDate: now,
      updatedAt: now,
      version: 6,
    });
  });

  it('finalizes a planned session without inventing when it was started', () => {
    expect(finalize(inState.planned, now).startedAt).to.equal(null);
  });

  it('cancels with a reason or none, and keeps the date', () => {
    const session = inState.in_progress;
    const cancelled = { ...session, status: 'cancelled', updatedAt: now, version: 6 };

    expect(cancel(session, 'Snow', now)).to.deep.equal({ ...cancelled, cancelledReason: 'Snow' });
    expect(cancel(session, null, now)).to.deep.equal({ ...cancelled, cancelledReason: null });
  });

  it('reschedules a cancelled session: a new date, and its start and cancellation are forgotten', () => {
    const session = inState.cancelled;

    expect(reschedule(session, { scheduledDate: date }, now)).to.deep.equal({
      ...session,
      status: 'planned',
      scheduledDate: date,
      startedAt: null,
      cancelledReason: null,
      updatedAt: now,
      version: 6,
    });
  });

  it('is no change to reschedule to the date that it has', () => {
    const session = reschedule(inState.planned, { scheduledDate: date, durationMinutes: 90 }, now);
    const { timeZone, durationMinutes } = session;

    for (const same of [{}, { timeZone }, { timeZone, durationMinutes }]) {
      expect(reschedule(session, { scheduledDate: new Date(date), ...same }, now)).to.equal(session);
    }
    expect(reschedule(session, { scheduledDate: date, durationMinutes: null }, now).version).to.equal(
      session.version + 1,
    );
  });

  it('reschedules into another time zone and for another duration', () => {
    const changed = reschedule(
      inState.planned,
      { scheduledDate: date, timeZone: 'Asia/Tokyo', durationMinutes: null },
      now,
    );

    expect(changed).to.include({ timeZone: 'Asia/Tokyo', durationMinutes: null, status: 'planned' });
  });

  it('refuses to reschedule into an unknown time zone', async () => {
    const work = (): Session => reschedule(inState.planned, { scheduledDate: date, timeZone: 'Mars/Olympus' }, now);

    expect(await codeOf(work)).to.equal('validation_failed');
  });

  it('takes one step back by reopening, and forgets what that step had set', () => {
    const back = (from: SessionStatus): Partial<Session> => reopen(inState[from], now);
    const forgotten = { completedDate: null, cancelledReason: null, updatedAt: now, version: 6 };
    expect(back('in_progress')).to.deep.equal({
      ...inState.in_progress,
      ...forgotten,
      status: 'planned',
      startedAt: null,
    });
    expect(back('cancelled')).to.deep.equal({ ...inState.cancelled, ...forgotten, status: 'planned', startedAt: null });
    expect(back('completed')).to.deep.equal({ ...inState.completed, ...forgotten, status: 'in_progress' });
    expect(reopen({ ...inState.completed, startedAt: null }, now).startedAt, 'never started').to.equal(now);
  });

  it('counts a touch as a change, and changes nothing else', () => {
    expect(touched(inState.completed, now)).to.deep.equal({ ...inState.completed, updatedAt: now, version: 6 });
  });

  it('never changes the session that it was given', () => {
    const session = Object.freeze(aSession());
    start(session, now);
    finalize(session, now);
    cancel(session, null, now);
    reschedule(session, { scheduledDate: date }, now);
    reopen(aSession({ status: 'cancelled' }), now);
    updated(session, { title: 'Other' }, now);
    trashed(session, now);

    expect(session.version).to.equal(1);
  });
});

describe('a new session', () => {
  const required = { id: 'id', campaignId: 'campaign', sessionNumber: 3, title: 'The Keep', timeZone: 'UTC', now };

  it('is planned, with nothing else set', () => {
    expect(schedule(required)).to.deep.equal({
      id: 'id',
      campaignId: 'campaign',
      sessionNumber: 3,
      title: 'The Keep',
      description: null,
      gmNotes: null,
      scheduledDate: null,
      timeZone: 'UTC',
      durationMinutes: null,
      status: 'planned',
      startedAt: null,
      completedDate: null,
      cancelledReason: null,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      version: 1,
    });
  });

  it('has all the details that are given', () => {
    const details = {
      description: 'Into the *dark*',
      gmNotes: 'The butler did it',
      scheduledDate: date,
      timeZone: 'Europe/Berlin',
      durationMinutes: 180,
    };

    expect(schedule({ ...required, ...details })).to.deep.include({ ...details, title: 'The Keep' });
  });

  for (const timeZone of ['Europe/Berlin', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5', 'Asia/Kolkata']) {
    it(`takes the time zone ${timeZone}`, () => {
      expect(schedule({ ...required, timeZone }).timeZone).to.equal(timeZone);
    });
  }

  it('takes a time on the wall for one of its zone', async () => {
    const at = (wall: string, timeZone: string): string | undefined =>
      schedule({ ...required, scheduledDate: { wall }, timeZone }).scheduledDate?.toISOString();
    expect(at('2027-01-08T19:00', 'Europe/Berlin')).to.equal('2027-01-08T18:00:00.000Z');
    expect(at('2027-07-08T19:00:30', 'america/new_york')).to.equal('2027-07-08T23:00:30.000Z');
    const { code, details } = await faultOf(() => at('2027-03-28T02:30', 'Europe/Berlin'));
    expect([code, details[0]?.field]).to.deep.equal(['validation_failed', 'scheduledDate']);
  });

  for (const timeZone of ['+01:00', '-05:00', '+0100', 'Mars/Olympus', '', ' UTC', 'UTC+1', 'Europe/Berlin\u0000']) {
    it(`refuses the time zone ${JSON.stringify(timeZone)}`, async () => {
      const { code, details } = await faultOf(() => schedule({ ...required, timeZone }));

      expect(code).to.equal('validation_failed');
      expect(details.map(({ field }) => field)).to.deep.equal(['timeZone']);
    });
  }
});

describe('an updated session', () => {
  it('changes all that is given', () => {
    const session = aSession();
    const changes = {
      title: 'Other',
      description: 'Other description',
      gmNotes: 'Other notes',
      sessionNumber: 9,
      scheduledDate: date,
      timeZone: 'Asia/Tokyo',
      durationMinutes: 45,
    };

    expect(updated(session, changes, now)).to.deep.equal({ ...session, ...changes, updatedAt: now, version: 2 });
  });

  it('is the very same where nothing is given, or nothing else than what it has', () => {
    const session = aSession();
    const { scheduledDate } = session;
    const same = { ...session, scheduledDate: scheduledDate && new Date(scheduledDate) };

    for (const changes of [{}, { title: undefined, description: undefined }, same]) {
      expect(updated(session, changes, now)).to.equal(session);
    }
    expect(updated(inState.completed, { ...inState.completed }, now)).to.equal(inState.completed);
  });

  it('empties an optional field by null', () => {
    const session = aSession();
    const nothing = { description: null, gmNotes: null, scheduledDate: null, durationMinutes: null };

    expect(updated(session, nothing, now)).to.deep.equal({ ...session, ...nothing, updatedAt: now, version: 2 });
  });

  it('takes a time on the wall for one of the zone that is given, or else of its own', () => {
    const session = aSession({ timeZone: 'Asia/Tokyo' });
    const scheduledDate = { wall: '2027-01-08T19:00' };
    expect(updated(session, { scheduledDate }, now).scheduledDate).to.deep.equal(new Date('2027-01-08T10:00:00Z'));
    expect(updated(session, { scheduledDate, timeZone: 'UTC' }, now)).to.deep.include({
      scheduledDate: new Date('2027-01-08T19:00:00Z'),
      timeZone: 'UTC',
    });
    expect(reschedule(session, { scheduledDate }, now).scheduledDate).to.deep.equal(new Date('2027-01-08T10:00:00Z'));
  });

  it('keeps a zone that was stored by other rules', () => {
    const session = aSession({ timeZone: 'EST' });
    expect(updated(session, { title: 'Other', timeZone: 'EST' }, now).timeZone).to.equal('EST');
    expect(reschedule(session, { scheduledDate: { wall: '2027-07-08T19:00' } }, now).scheduledDate).to.deep.equal(
      new Date('2027-07-09T00:00:00Z'),
    );
  });

  it('refuses an unknown time zone', async () => {
    expect(await codeOf(() => updated(aSession(), { timeZone: '+01:00' }, now))).to.equal('validation_failed');
  });

  for (const status of ['in_progress', 'completed', 'cancelled'] as const) {
    it(`refuses another date, zone or duration of a session that is ${status}`, async () => {
      for (const changes of [
        { scheduledDate: date },
        { scheduledDate: null },
        { timeZone: 'Asia/Tokyo' },
        { durationMinutes: 1 },
        { durationMinutes: null },
      ]) {
        expect(await codeOf(() => updated(inState[status], changes, now))).to.equal('illegal_transition');
      }
    });

    it(`changes the texts and the number of a session that is ${status}`, () => {
      const changes = { title: 'Other', description: 'Other description', gmNotes: null, sessionNumber: 9 };

      expect(updated(inState[status], changes, now)).to.deep.equal({
        ...inState[status],
        ...changes,
        updatedAt: now,
        version: 6,
      });
    });
  }
});

describe('a session in the trash', () => {
  const days = 24 * 60 * 60 * 1000;

  it('keeps everything but the moment of its deletion', () => {
    const session = aSession();

    expect(trashed(session, now)).to.deep.equal({ ...session, deletedAt: now, updatedAt: now, version: 2 });
  });

  it('can be restored for exactly 30 days', () => {
    const session = aSession({ deletedAt: new Date(now.getTime() - 30 * days) });

    expect(restored(session, now)).to.deep.equal({ ...session, deletedAt: null, updatedAt: now, version: 2 });
  });

  it('cannot be restored a millisecond later', async () => {
    const session = aSession({ deletedAt: new Date(now.getTime() - 30 * days - 1) });

    expect(await codeOf(() => restored(session, now))).to.equal('not_found');
  });

  it('stays as it is when it is restored without being there', () => {
    const session = aSession();

    expect(restored(session, now)).to.equal(session);
  });
});
