import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { MOODS } from '../../core/sessions/results.ts';
import { SESSION_STATUSES, type Session } from '../../core/sessions/session.ts';
import type { Adapters } from './adapters.ts';
import { aMoment, aSession, someResults } from './builders.ts';
import { codeOf, outcomesOf } from './fault-of.ts';
import { storedCampaign, storedMember, storedSession } from './stored.ts';

export function describeSessionRepository(name: string, open: () => Promise<Adapters>): void {
  describe(`session repository on ${name}`, () => {
    let adapters: Adapters;
    before(async () => {
      adapters = await open();
    });

    /** As a member of the session's campaign, unless somebody else is named. */
    const getForUpdate = async ({ id, campaignId }: Session, userId?: string): Promise<Session> => {
      const by = userId ?? (await storedMember(adapters, { campaignId, role: 'viewer' })).userId;
      return adapters.transaction.run(() => adapters.sessions.getForUpdate(by, id));
    };

    const everyField: Readonly<Record<string, Partial<Session>>> = {
      'a planned session': {},
      'a running session': { status: 'in_progress', startedAt: aMoment() },
      'a completed session': { status: 'completed', startedAt: aMoment(), completedDate: aMoment() },
      'a cancelled session': { status: 'cancelled', startedAt: aMoment(), cancelledReason: 'Krank: "Fieber" \\ 🤒' },
      'a session in the trash': { deletedAt: aMoment() },
      'a session with nothing optional': {
        description: null,
        gmNotes: null,
        scheduledDate: null,
        durationMinutes: null,
        timeZone: 'UTC',
      },
      'a session of a later version': { version: 42, sessionNumber: 9_999 },
    };
    for (const [what, values] of Object.entries(everyField)) {
      it(`gives back every field of ${what} as it was added`, async () => {
        const session = await storedSession(adapters, values);

        expect(await adapters.sessions.find(session.id)).to.deep.equal(session);
        expect(await getForUpdate(session)).to.deep.equal(session);
      });
    }

    it('knows nothing of an unknown session', async () => {
      const { campaignId } = await storedSession(adapters);
      expect(await adapters.sessions.find(uuid())).to.equal(null);
      expect(await codeOf(getForUpdate(aSession({ campaignId })))).to.equal('not_found');
    });

    it('locks nothing for who is no member of its campaign', async () => {
      const session = await storedSession(adapters);
      const { ownerId } = await storedCampaign(adapters);

      expect(await codeOf(getForUpdate(session, ownerId))).to.equal('not_found');
    });

    it('finds no session of a campaign in the trash, and finds it again when the campaign is restored', async () => {
      const campaign = await storedCampaign(adapters);
      const session = await storedSession(adapters, { campaignId: campaign.id });
      await adapters.campaigns.save({ ...campaign, deletedAt: aMoment(), version: 2 });

      expect(await adapters.sessions.find(session.id)).to.equal(null);
      expect(await codeOf(getForUpdate(session))).to.equal('not_found');

      await adapters.campaigns.save({ ...campaign, version: 3 });
      expect(await adapters.sessions.find(session.id)).to.deep.equal(session);
    });

    it('refuses a number that another session of the campaign has, even one in the trash', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      await storedSession(adapters, { campaignId, sessionNumber: 1 });
      await storedSession(adapters, { campaignId, sessionNumber: 2, deletedAt: aMoment() });

      for (const sessionNumber of [1, 2]) {
        const second = aSession({ campaignId, sessionNumber });
        expect(await codeOf(adapters.sessions.add(second))).to.equal('session_number_taken');
        expect(await adapters.sessions.find(second.id)).to.equal(null);
      }
    });

    it('takes the same number in another campaign', async () => {
      await storedSession(adapters, { sessionNumber: 4 });
      const session = await storedSession(adapters, { sessionNumber: 4 });

      expect(await adapters.sessions.find(session.id)).to.deep.equal(session);
    });

    it('takes one of 20 sessions that are added at once with the same number', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, () => adapters.sessions.add(aSession({ campaignId, sessionNumber: 3 }))),
      );

      expect(outcomes).to.deep.equal({ done: 1, session_number_taken: 19 });
    });

    it('adds 20 sessions at once, each with the number that it took', async () => {
      const { campaigns, sessions, transaction } = adapters;
      const { id: campaignId } = await storedCampaign(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, () =>
          transaction.run(async () => {
            const sessionNumber = await campaigns.takeSessionNumber(campaignId, null);
            await sessions.add(aSession({ campaignId, sessionNumber }));
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 20 });
      expect(await campaigns.takeSessionNumber(campaignId, null)).to.equal(21);
    });

    it('saves every changed field of one session and of no other', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      const other = await storedSession(adapters, { campaignId, sessionNumber: 1 });
      const session = await storedSession(adapters, { campaignId, sessionNumber: 2 });
      const changed = aSession({
        id: session.id,
        campaignId,
        createdAt: session.createdAt,
        sessionNumber: 3,
        timeZone: 'America/Argentina/Buenos_Aires',
        durationMinutes: 95,
        status: 'completed',
        startedAt: aMoment(),
        completedDate: aMoment(),
        deletedAt: aMoment(),
        version: 2,
      });
      await adapters.sessions.save(changed);

      expect(await adapters.sessions.find(session.id)).to.deep.equal(changed);
      expect(await adapters.sessions.find(other.id)).to.deep.equal(other);
    });

    it('saves that fields were emptied', async () => {
      const session = await storedSession(adapters, {
        status: 'cancelled',
        startedAt: aMoment(),
        cancelledReason: 'Snow',
        deletedAt: aMoment(),
      });
      const changed: Session = {
        ...session,
        ...{ description: null, gmNotes: null, scheduledDate: null, durationMinutes: null },
        ...{ status: 'planned', startedAt: null, cancelledReason: null, deletedAt: null },
        version: 2,
      };
      await adapters.sessions.save(changed);

      expect(await adapters.sessions.find(session.id)).to.deep.equal(changed);
    });

    it('saves every status', async () => {
      let session = await storedSession(adapters);
      for (const status of SESSION_STATUSES) {
        const completedDate = status === 'completed' ? aMoment() : null;
        session = { ...session, status, completedDate, version: session.version + 1 };
        await adapters.sessions.save(session);
        expect((await adapters.sessions.find(session.id))?.status).to.equal(status);
      }
    });

    it('refuses to save a number that another session has, and changes nothing', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      await storedSession(adapters, { campaignId, sessionNumber: 1 });
      const session = await storedSession(adapters, { campaignId, sessionNumber: 2 });
      const changed = { ...session, title: 'Other', sessionNumber: 1, version: 2 };

      expect(await codeOf(adapters.sessions.save(changed))).to.equal('session_number_taken');
      expect(await adapters.sessions.find(session.id)).to.deep.equal(session);
    });

    it('refuses to save any version but the next, and changes nothing', async () => {
      const session = await storedSession(adapters);
      const second = { ...session, title: 'Second', version: 2 };
      await adapters.sessions.save(second);

      for (const version of [1, 2, 4]) {
        const stale = { ...session, title: 'Stale', version };
        expect(await codeOf(adapters.sessions.save(stale)), `version ${version}`).to.equal('version_conflict');
      }
      expect(await adapters.sessions.find(session.id)).to.deep.equal(second);
    });

    it('refuses to save a session that was never added', async () => {
      const { id: campaignId } = await storedCampaign(adapters);
      const session = aSession({ campaignId, version: 2 });

      expect(await codeOf(adapters.sessions.save(session))).to.equal('version_conflict');
      expect(await adapters.sessions.find(session.id)).to.equal(null);
    });

    it('takes one of 20 changes of the same version that are saved at once', async () => {
      const session = await storedSession(adapters);
      const outcomes = await outcomesOf(
        Array.from({ length: 20 }, (_, index) =>
          adapters.sessions.save({ ...session, title: `Title ${index}`, version: 2 }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 1, version_conflict: 19 });
    });

    it('lets 10 transactions that get a session for update change it one after the other', async () => {
      const { sessions, transaction } = adapters;
      const session = await storedSession(adapters);
      const { userId } = await storedMember(adapters, { campaignId: session.campaignId });
      const outcomes = await outcomesOf(
        Array.from({ length: 10 }, () =>
          transaction.run(async () => {
            const current = await sessions.getForUpdate(userId, session.id);
            await sessions.save({ ...current, version: current.version + 1 });
          }),
        ),
      );

      expect(outcomes).to.deep.equal({ done: 10 });
      expect((await sessions.find(session.id))?.version).to.equal(11);
    });

    it('has no results of a session until they are saved', async () => {
      const session = await storedSession(adapters);

      expect(await adapters.sessions.findResults(session.id)).to.equal(null);
      expect(await adapters.sessions.findResults(uuid())).to.equal(null);
    });

    it('gives back every field of the results as it was saved', async () => {
      const other = await storedSession(adapters);
      const session = await storedSession(adapters);
      const results = someResults();
      await adapters.sessions.saveResults(session, results);

      expect(await adapters.sessions.findResults(session.id)).to.deep.equal(results);
      expect(await adapters.sessions.findResults(other.id)).to.equal(null);
    });

    it('gives back every mood', async () => {
      for (const mood of MOODS) {
        const session = await storedSession(adapters);
        await adapters.sessions.saveResults(session, someResults({ mood }));
        expect((await adapters.sessions.findResults(session.id))?.mood).to.equal(mood);
      }
    });

    it('replaces all of the results when they are saved again, by empty ones too', async () => {
      const session = await storedSession(adapters);
      await adapters.sessions.saveResults(session, someResults());
      const empty = someResults({
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
      });
      await adapters.sessions.saveResults(session, empty);

      expect(await adapters.sessions.findResults(session.id)).to.deep.equal(empty);
    });

    it('does not change the session with its results', async () => {
      const session = await storedSession(adapters);
      await adapters.sessions.saveResults(session, someResults());

      expect(await adapters.sessions.find(session.id)).to.deep.equal(session);
    });
  });
}
