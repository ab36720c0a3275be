import { expect } from 'chai';
import { aMoment, someResults } from '../../infrastructure/contracts/builders.ts';
import { codeOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedSession } from '../../infrastructure/contracts/stored.ts';
import { type CoreFixture, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import { makeChangeSession } from './change-session.ts';
import { makeFinalizeSession } from './finalize-session.ts';
import { type Results, type ResultsInput, amended, capture } from './results.ts';
import type { Session } from './session.ts';

const now = new Date('2027-02-03T04:05:06.789Z');

async function aScene(values: Partial<Session> = {}): Promise<{
  readonly core: CoreFixture;
  readonly gm: Actor;
  readonly session: Session;
  readonly sessionId: string;
}> {
  const core = makeCoreFixture();
  const { campaignId, gm } = await core.newParty();
  const session = await storedSession(core, { ...values, campaignId });
  core.clock.advance(DAY);
  return { core, gm, session, sessionId: session.id };
}

describe('results', () => {
  it('are empty where nothing is told', () => {
    expect(capture({}, now)).to.deep.equal({
      summary: null,
      events: [],
      playerDecisions: [],
      npcInteractions: [],
      worldChanges: [],
      unfinishedThreads: [],
      xpAwarded: 0,
      lootAwarded: [],
      deathCount: 0,
      durationMinutes: null,
      mood: null,
      gmSummary: null,
      capturedAt: now,
    });
  });

  it('have all that is told', () => {
    const { capturedAt, ...told } = someResults();

    expect(capture(told, capturedAt)).to.deep.equal({ ...told, capturedAt });
  });

  it('change in each field that an amendment gives and in no other', () => {
    const before = someResults();
    const after = someResults({
      xpAwarded: 451,
      deathCount: 3,
      durationMinutes: 246,
      mood: 'comedic',
      capturedAt: before.capturedAt,
    });

    for (const [field, value] of Object.entries<Results[keyof Results]>({ ...after })) {
      expect(amended(before, { [field]: value }), field).to.deep.equal({ ...before, [field]: value });
    }
    expect(amended(before, {})).to.deep.equal(before);
    expect(amended(before, { summary: undefined, xpAwarded: undefined })).to.deep.equal(before);
  });

  it('are emptied by null, by an empty list and by nought', () => {
    const before = someResults();
    const nothing = { summary: null, mood: null, durationMinutes: null, gmSummary: null, events: [], xpAwarded: 0 };

    expect(amended(before, nothing)).to.deep.equal({ ...before, ...nothing });
  });
});

describe('finalizing a session', () => {
  for (const state of [{ status: 'planned' }, { status: 'in_progress', startedAt: aMoment() }] as const) {
    it(`completes a session that is ${state.status} and stores its results`, async () => {
      const { core, gm, session, sessionId } = await aScene(state);
      const moment = core.clock.now();
      const results = { summary: 'They fled', xpAwarded: 300 };
      const { value, role } = await core.finalizeSession(gm, { sessionId, results });

      expect(role).to.equal('gm');
      expect(value.session).to.deep.equal({
        ...session,
        status: 'completed',
        completedDate: moment,
        updatedAt: moment,
        version: 2,
      });
      expect(value.results).to.deep.equal(capture(results, moment));
      expect(await core.sessions.find(sessionId)).to.deep.equal(value.session);
      expect(await core.sessions.findResults(sessionId)).to.deep.equal(value.results);
    });
  }

  it('keeps the first results when it is refused a second time', async () => {
    const { core, gm, sessionId } = await aScene();
    const { value } = await core.finalizeSession(gm, { sessionId, results: { summary: 'First' } });

    const again = core.finalizeSession(gm, { sessionId, results: { summary: 'Second' } });
    expect(await codeOf(again)).to.equal('illegal_transition');
    expect(await core.sessions.findResults(sessionId)).to.deep.equal(value.results);
  });

  it('stores the results of one of 10 callers that finalize at once', async () => {
    const { core, gm, sessionId } = await aScene();
    const outcomes = await outcomesOf(
      Array.from({ length: 10 }, (_, i) => core.finalizeSession(gm, { sessionId, results: { summary: `${i}` } })),
    );

    expect(outcomes).to.deep.equal({ done: 1, illegal_transition: 9 });
  });

  it('refuses a cancelled session', async () => {
    const { core, gm, sessionId } = await aScene({ status: 'cancelled' });

    expect(await codeOf(core.finalizeSession(gm, { sessionId, results: {} }))).to.equal('illegal_transition');
    expect(await core.sessions.findResults(sessionId)).to.equal(null);
  });

  it('leaves the session as it was when its results cannot be stored', async () => {
    const { core, gm, session, sessionId } = await aScene();
    const changeSession = makeChangeSession(core);
    const full = { ...core.sessions, saveResults: () => Promise.reject(new Error('disk full')) };
    const finalizeSession = makeFinalizeSession({ ...core, changeSession, sessions: full });
    const failing = finalizeSession(gm, { sessionId, results: {} });

    expect(await failing.catch((error: unknown) => String(error))).to.equal('Error: disk full');
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
  });
});

describe('finalizing a session that was reopened', () => {
  it('keeps the results of before, but for what is told anew', async () => {
    const { core, gm, sessionId } = await aScene();
    const { value: first } = await core.finalizeSession(gm, { sessionId, results: { summary: 'Old', deathCount: 1 } });
    await core.reopenSession(gm, { sessionId });
    expect(await core.sessions.findResults(sessionId), 'still there').to.deep.equal(first.results);
    await core.amendResults(gm, { sessionId, results: { xpAwarded: 450 }, expectedVersions: null });

    core.clock.advance(DAY);
    const { value } = await core.finalizeSession(gm, { sessionId, results: { summary: 'New' } });
    const capturedAt = core.clock.now();
    expect(value.results).to.deep.equal({ ...first.results, summary: 'New', xpAwarded: 450, capturedAt });
    expect(await core.sessions.findResults(sessionId)).to.deep.equal(value.results);
  });
});

describe('amending results', () => {
  it('stores what is given, as a change of the session', async () => {
    const { core, gm, sessionId } = await aScene();
    const { value: before } = await core.finalizeSession(gm, { sessionId, results: { summary: 'Old', deathCount: 1 } });
    core.clock.advance(DAY);
    const results = { summary: 'New', unfinishedThreads: ['Who opened the door?'] };
    const { value, role } = await core.amendResults(gm, { sessionId, results, expectedVersions: null });

    expect(role).to.equal('gm');
    expect(value.results).to.deep.equal({ ...before.results, ...results });
    expect(value.session).to.deep.equal({ ...before.session, updatedAt: core.clock.now(), version: 3 });
    expect(await core.sessions.findResults(sessionId)).to.deep.equal(value.results);
    expect(await core.sessions.find(sessionId)).to.deep.equal(value.session);
  });

  it('leaves results and session as they are where nothing is given but what they have', async () => {
    const { core, gm, sessionId } = await aScene();
    const given: ResultsInput = {
      summary: 'They came',
      events: ['A bell rang', 'It stopped'],
      npcInteractions: [{ npcId: null, name: 'Pell', note: 'paid' }],
      xpAwarded: 50,
      mood: 'dramatic',
    };
    const { value: before } = await core.finalizeSession(gm, { sessionId, results: given });
    core.clock.advance(DAY);
    const { capturedAt, ...whole } = before.results;
    for (const results of [{}, { summary: undefined }, given, whole]) {
      const { value } = await core.amendResults(gm, { sessionId, results, expectedVersions: [2] });
      expect(value).to.deep.equal(before);
    }
    expect(await core.sessions.find(sessionId)).to.deep.equal(before.session);
    expect(await core.sessions.findResults(sessionId)).to.deep.equal({ ...whole, capturedAt });
  });

  it('refuses another version than the expected, and changes nothing', async () => {
    const { core, gm, sessionId } = await aScene();
    const { value: before } = await core.finalizeSession(gm, { sessionId, results: { summary: 'Old' } });
    const amend = (expectedVersions: readonly number[]): Promise<unknown> =>
      core.amendResults(gm, { sessionId, results: { summary: 'New' }, expectedVersions });

    expect(await codeOf(amend([1]))).to.equal('version_conflict');
    expect(await core.sessions.findResults(sessionId)).to.deep.equal(before.results);
    await amend([2]);
    expect((await core.sessions.findResults(sessionId))?.summary).to.equal('New');
  });

  it('refuses a session without results, and does not count that as a change', async () => {
    const { core, gm, session, sessionId } = await aScene({ status: 'in_progress' });
    const work = core.amendResults(gm, { sessionId, results: { summary: 'New' }, expectedVersions: null });

    expect(await codeOf(work)).to.equal('illegal_transition');
    expect(await core.sessions.find(sessionId)).to.deep.equal(session);
  });
});
