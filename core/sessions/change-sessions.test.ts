import { expect } from 'chai';
import { aMoment } from '../../infrastructure/contracts/builders.ts';
import { codeOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedSession } from '../../infrastructure/contracts/stored.ts';
import { type CoreFixture, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import type { Session } from './session.ts';

interface Scene {
  readonly core: CoreFixture;
  readonly gm: Actor;
  readonly owner: Actor;
  readonly campaignId: string;
  readonly session: Session;
  readonly sessionId: string;
}

async function aScene(values: Partial<Session> = {}): Promise<Scene> {
  const core = makeCoreFixture();
  const { campaignId, gm, owner } = await core.newParty();
  const session = await storedSession(core, { ...values, campaignId });
  core.clock.advance(DAY);
  return { core, gm, owner, campaignId, session, sessionId: session.id };
}

describe('updating a session', () => {
  it('stores what is given and answers the session as it is now', async () => {
    const { core, gm, session, sessionId } = await aScene();
    const changes = { title: 'Other', gmNotes: null };
    const seen = await core.updateSession(gm, { sessionId, changes, expectedVersions: null });

    expect(seen).to.deep.equal({
      role: 'gm',
      value: { ...session, ...changes, updatedAt: core.clock.now(), version: 2 },
    });
    expect(await core.sessions.find(sessionId)).to.deep.equal(seen.value);
  });

  it('takes any of the expected versions and refuses others', async () => {
    const { core, gm, session, sessionId } = await aScene({ version: 3 });
    const update = (expectedVersions: readonly number[]): Promise<unknown> =>
      core.updateSession(gm, { sessionId, changes: { title: 'Other' }, expectedVersions });

    expect(await codeOf(update([2, 4]))).to.equal('version_conflict');
    expect(await codeOf(update([]))).to.equal('version_conflict');
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
    await update([2, 3]);
    expect((await core.sessions.find(sessionId))?.version).to.equal(4);
  });

  it('takes one of 10 updates at once that expect the same version', async () => {
    const { core, gm, sessionId } = await aScene();
    const outcomes = await outcomesOf(
      Array.from({ length: 10 }, (_, i) =>
        core.updateSession(gm, { sessionId, changes: { title: `Title ${i}` }, expectedVersions: [1] }),
      ),
    );

    expect(outcomes).to.deep.equal({ done: 1, version_conflict: 9 });
  });

  it('moves the numbers that follow when it takes a higher one', async () => {
    const { core, gm, campaignId, sessionId } = await aScene();
    await core.updateSession(gm, { sessionId, changes: { sessionNumber: 12 }, expectedVersions: null });

    expect((await core.scheduleSession(gm, { campaignId, title: 'x' })).value.sessionNumber).to.equal(13);
  });

  it('refuses a number that is taken, and moves nothing', async () => {
    const { core, gm, session, campaignId, sessionId } = await aScene({ sessionNumber: 1 });
    await storedSession(core, { campaignId, sessionNumber: 40 });
    const update = core.updateSession(gm, { sessionId, changes: { sessionNumber: 40 }, expectedVersions: null });

    expect(await codeOf(update)).to.equal('session_number_taken');
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
    expect(await core.campaigns.takeSessionNumber(campaignId, null)).to.equal(1);
  });

  it('keeps the session its own number', async () => {
    const { core, gm, session, sessionId } = await aScene({ sessionNumber: 4 });
    const changes = { sessionNumber: session.sessionNumber };

    expect((await core.updateSession(gm, { sessionId, changes, expectedVersions: null })).value.sessionNumber).to.equal(
      4,
    );
  });

  it('refuses another date of a session that was played', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'completed', completedDate: aMoment() });
    const changes = { scheduledDate: aMoment() };

    expect(await codeOf(core.updateSession(gm, { sessionId, changes, expectedVersions: null }))).to.equal(
      'illegal_transition',
    );
  });
});

describe('starting, cancelling and rescheduling a session', () => {
  it('stores the start', async () => {
    const { core, gm, session, sessionId } = await aScene();
    const now = core.clock.now();
    const seen = await core.startSession(gm, { sessionId });

    expect(seen).to.deep.equal({
      role: 'gm',
      value: { ...session, status: 'in_progress', startedAt: now, updatedAt: now, version: 2 },
    });
    expect(await core.sessions.find(sessionId)).to.deep.equal(seen.value);
  });

  it('starts a session once when 10 callers start it at once', async () => {
    const { core, gm, sessionId } = await aScene();
    const outcomes = await outcomesOf(Array.from({ length: 10 }, () => core.startSession(gm, { sessionId })));

    expect(outcomes).to.deep.equal({ done: 1, illegal_transition: 9 });
  });

  it('stores the cancellation with its reason', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'in_progress', startedAt: aMoment() });
    const { value } = await core.cancelSession(gm, { sessionId, reason: 'Snow' });

    expect(value).to.deep.include({
      status: 'cancelled',
      cancelledReason: 'Snow',
      updatedAt: core.clock.now(),
      version: 2,
    });
    expect(await core.sessions.find(sessionId)).to.deep.equal(value);
  });

  it('stores the new date of a cancelled session, which is planned again', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'cancelled', cancelledReason: 'Snow' });
    const date = { scheduledDate: aMoment(), timeZone: 'Asia/Tokyo', durationMinutes: 60 };
    const { value } = await core.rescheduleSession(gm, { sessionId, ...date });

    expect(value).to.deep.include({ ...date, status: 'planned', cancelledReason: null, updatedAt: core.clock.now() });
    expect(await core.sessions.find(sessionId)).to.deep.equal(value);
  });

  it('stores a session that is reopened, and takes no second step back', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'cancelled', cancelledReason: 'Snow' });
    const { value, role } = await core.reopenSession(gm, { sessionId });

    expect(role).to.equal('gm');
    expect(value).to.include({ status: 'planned', cancelledReason: null, version: 2 });
    expect(await core.sessions.find(sessionId)).to.deep.equal(value);
    expect(await codeOf(core.reopenSession(gm, { sessionId }))).to.equal('illegal_transition');
    expect(await core.sessions.find(sessionId)).to.deep.equal(value);
  });

  it('reopens a session once when 10 callers reopen it at once', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'cancelled' });
    const outcomes = await outcomesOf(Array.from({ length: 10 }, () => core.reopenSession(gm, { sessionId })));

    expect(outcomes).to.deep.equal({ done: 1, illegal_transition: 9 });
  });

  it('refuses what the state does not allow, and changes nothing', async () => {
    const { core, gm, session, sessionId } = await aScene({ status: 'completed', completedDate: aMoment() });

    expect(await codeOf(core.startSession(gm, { sessionId }))).to.equal('illegal_transition');
    expect(await codeOf(core.cancelSession(gm, { sessionId, reason: null }))).to.equal('illegal_transition');
    expect(await codeOf(core.rescheduleSession(gm, { sessionId, scheduledDate: aMoment() }))).to.equal(
      'illegal_transition',
    );
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
  });

  it('refuses to reschedule into an unknown time zone', async () => {
    const { core, gm, sessionId } = await aScene();
    const work = core.rescheduleSession(gm, { sessionId, scheduledDate: aMoment(), timeZone: 'Mars/Olympus' });

    expect(await codeOf(work)).to.equal('validation_failed');
  });
});

describe('deleting and restoring a session', () => {
  it('moves it to the trash and takes it out again, as it was', async () => {
    const { core, gm, session, sessionId } = await aScene();
    await core.deleteSession(gm, { sessionId, expectedVersions: null });
    expect((await core.sessions.find(sessionId))?.deletedAt).to.deep.equal(core.clock.now());

    core.clock.advance(DAY);
    const { value } = await core.restoreSession(gm, { sessionId });
    expect(value).to.deep.equal({ ...session, updatedAt: core.clock.now(), version: 3 });
    expect(await core.sessions.find(sessionId)).to.deep.equal(value);
  });

  it('deletes only an expected version', async () => {
    const { core, gm, session, sessionId } = await aScene({ version: 3 });

    expect(await codeOf(core.deleteSession(gm, { sessionId, expectedVersions: [2] }))).to.equal('version_conflict');
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
    await core.deleteSession(gm, { sessionId, expectedVersions: [3] });
  });

  it('finds nothing to delete a second time', async () => {
    const { core, gm, sessionId } = await aScene();
    await core.deleteSession(gm, { sessionId, expectedVersions: null });

    expect(await codeOf(core.deleteSession(gm, { sessionId, expectedVersions: null }))).to.equal('not_found');
  });

  it('restores for exactly 30 days', async () => {
    const { core, gm, sessionId } = await aScene();
    await core.deleteSession(gm, { sessionId, expectedVersions: null });

    core.clock.advance(30 * DAY + 1);
    expect(await codeOf(core.restoreSession(gm, { sessionId }))).to.equal('not_found');
    core.clock.advance(-1);
    expect((await core.restoreSession(gm, { sessionId })).value.deletedAt).to.equal(null);
  });

  it('leaves a session that is not in the trash as it is', async () => {
    const { core, gm, session, sessionId } = await aScene();

    expect((await core.restoreSession(gm, { sessionId })).value).to.deep.equal(session);
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
  });
});
