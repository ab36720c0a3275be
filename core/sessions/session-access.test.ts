import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { aMoment, someResults } from '../../infrastructure/contracts/builders.ts';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedSession } from '../../infrastructure/contracts/stored.ts';
import { type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import type { Expecting } from '../shared/version.ts';
import type { Session } from './session.ts';

type Command = (core: CoreFixture, actor: Actor, one: Required<Expecting> & { sessionId: string }) => Promise<unknown>;

const completed = { status: 'completed', completedDate: aMoment() } as const;

/** Every command on a stored session, and the session that it can be done with. */
const commands: Readonly<Record<string, { readonly run: Command; readonly on: Partial<Session> }>> = {
  update: { run: (core, actor, one) => core.updateSession(actor, { ...one, changes: { title: 'Other' } }), on: {} },
  delete: { run: (core, actor, one) => core.deleteSession(actor, one), on: {} },
  start: { run: (core, actor, one) => core.startSession(actor, one), on: {} },
  cancel: { run: (core, actor, one) => core.cancelSession(actor, { ...one, reason: null }), on: {} },
  reschedule: {
    run: (core, actor, one) => core.rescheduleSession(actor, { ...one, scheduledDate: aMoment() }),
    on: {},
  },
  reopen: { run: (core, actor, one) => core.reopenSession(actor, one), on: completed },
  finalize: { run: (core, actor, one) => core.finalizeSession(actor, { ...one, results: {} }), on: {} },
  'amend the results of': {
    run: (core, actor, one) => core.amendResults(actor, { ...one, results: { summary: 'Other' } }),
    on: completed,
  },
  restore: {
    run: (core, actor, one) => core.restoreSession(actor, one),
    on: { deletedAt: new Date('2026-11-20T00:00:00.000Z') },
  },
};

const any = (sessionId: string) => ({ sessionId, expectedVersions: null });

for (const [verb, { run, on }] of Object.entries(commands)) {
  describe(`access to ${verb} a session`, () => {
    const outcomeOf = async (
      role: 'owner' | 'gm' | 'player' | 'viewer' | 'stranger',
      expecting: (version: number) => readonly number[] | null = () => null,
    ): Promise<string> => {
      const core = makeCoreFixture();
      const party = await core.newParty();
      const session = await storedSession(core, { ...on, campaignId: party.campaignId });
      if (session.status === 'completed') await core.sessions.saveResults(session, someResults());
      const work = run(core, party[role], { sessionId: session.id, expectedVersions: expecting(session.version) });
      const outcome = await work.then(
        () => 'done',
        () => codeOf(work),
      );
      const after = await core.sessions.find(session.id);
      if (outcome !== 'done') expect(after, 'a refused command changes nothing').to.deep.equal(session);
      else expect(after?.version).to.equal(session.version + 1);
      return outcome;
    };

    for (const role of ['owner', 'gm'] as const) {
      it(`lets a member who is ${role} ${verb} a session`, async () => {
        expect(await outcomeOf(role)).to.equal('done');
      });
    }
    for (const role of ['player', 'viewer'] as const) {
      it(`forbids a member who is ${role} to ${verb} a session`, async () => {
        expect(await outcomeOf(role)).to.equal('forbidden');
      });
    }

    it('takes the version that is expected, and no other', async () => {
      expect(await outcomeOf('gm', (version) => [version + 1, version])).to.equal('done');
      for (const others of [(version: number) => [version + 1, version - 1], () => []]) {
        expect(await outcomeOf('gm', others)).to.equal('version_conflict');
        expect(await outcomeOf('player', others)).to.equal('forbidden');
        expect(await outcomeOf('stranger', others)).to.equal('not_found');
      }
    });

    it('tells who is no member that there is nothing', async () => {
      expect(await outcomeOf('stranger')).to.equal('not_found');
    });

    it('tells a member of another campaign that there is nothing', async () => {
      const core = makeCoreFixture();
      const { campaignId } = await core.newParty();
      const { owner } = await core.newParty();
      const session = await storedSession(core, { ...on, campaignId });

      expect(await codeOf(run(core, owner, any(session.id)))).to.equal('not_found');
    });

    it('tells of an unknown session that there is nothing', async () => {
      const core = makeCoreFixture();
      const { owner } = await core.newParty();

      expect(await codeOf(run(core, owner, any(uuid())))).to.equal('not_found');
    });

    it('tells of a session in a campaign in the trash that there is nothing', async () => {
      const core = makeCoreFixture();
      const { campaignId, owner } = await core.newParty();
      const session = await storedSession(core, { ...on, campaignId });
      await core.deleteCampaign(owner, { campaignId, expectedVersions: null });

      expect(await codeOf(run(core, owner, any(session.id)))).to.equal('not_found');
    });

    if (verb !== 'restore') {
      it('tells of a session in the trash that there is nothing', async () => {
        const core = makeCoreFixture();
        const { campaignId, owner } = await core.newParty();
        const session = await storedSession(core, { ...on, campaignId, deletedAt: aMoment() });
        if (session.status === 'completed') await core.sessions.saveResults(session, someResults());

        expect(await codeOf(run(core, owner, any(session.id)))).to.equal('not_found');
        expect(await core.sessions.find(session.id)).to.deep.equal(session);
      });
    }
  });
}
