import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedSession } from '../../infrastructure/contracts/stored.ts';
import { type CoreFixture, DAY, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import type { Campaign } from './campaign.ts';
import { makeCreateCampaign } from './create-campaign.ts';
import { makeDeleteCampaign } from './delete-campaign.ts';
import { makeSummarizeCampaign } from './summarize-campaign.ts';
import { makeUpdateCampaign } from './update-campaign.ts';

interface Scene {
  readonly core: CoreFixture;
  readonly campaign: Campaign;
  readonly campaignId: string;
  readonly party: Awaited<ReturnType<CoreFixture['newParty']>>;
}

async function aScene(): Promise<Scene> {
  const core = makeCoreFixture();
  const party = await core.newParty();
  const campaign = await core.campaigns.getForUpdate(party.campaignId);
  core.clock.advance(DAY);
  return { core, campaign, campaignId: campaign.id, party };
}

describe('creating a campaign', () => {
  it('stores an active campaign with defaults, and its creator as owner', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    const { value, role } = await core.createCampaign(actor, { name: 'Curse of the Keep' });
    const now = core.clock.now();

    expect(role).to.equal('owner');
    expect(value).to.deep.equal({
      id: value.id,
      name: 'Curse of the Keep',
      description: null,
      setting: null,
      theme: null,
      tone: null,
      system: null,
      playerCount: 4,
      partyLevel: 1,
      timeZone: 'UTC',
      status: 'active',
      ownerId: actor.userId,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      version: 1,
    });
    expect(await core.campaigns.getForUpdate(value.id)).to.deep.equal(value);
    expect(await core.members.find(value.id, actor.userId)).to.deep.equal({
      campaignId: value.id,
      userId: actor.userId,
      role: 'owner',
      joinedAt: now,
    });
  });

  it('stores all details that are given', async () => {
    const core = makeCoreFixture();
    const details = {
      name: 'Name',
      description: 'Description',
      setting: 'Setting',
      theme: 'Theme',
      tone: 'Tone',
      system: 'System',
      playerCount: 20,
      partyLevel: 30,
      timeZone: 'Pacific/Apia',
    };
    const { value } = await core.createCampaign(await core.newActor(), details);

    expect(value).to.deep.include(details);
  });

  it('keeps its time zone as IANA spells it, and refuses what is none', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    const { value } = await core.createCampaign(actor, { name: 'Name', timeZone: 'asia/kolkata' });
    expect(value.timeZone).to.equal('Asia/Kolkata');
    const faulty = { campaignId: value.id, changes: { timeZone: 'IST' }, expectedVersions: null };
    expect(await codeOf(core.updateCampaign(actor, faulty))).to.equal('validation_failed');
    expect(await codeOf(core.createCampaign(actor, { name: 'Name', timeZone: 'Mars/Base' }))).to.equal(
      'validation_failed',
    );
  });

  it('stores no campaign without an owner', async () => {
    const core = makeCoreFixture();
    const actor = await core.newActor();
    const added: string[] = [];
    const campaigns = {
      ...core.campaigns,
      add: (campaign: Campaign) => {
        added.push(campaign.id);
        return core.campaigns.add(campaign);
      },
    };
    const members = { ...core.members, add: () => Promise.reject(new Error('disk full')) };
    const creating = makeCreateCampaign({ ...core, campaigns, members })(actor, { name: 'Name' });

    expect(await creating.catch((error: unknown) => String(error))).to.equal('Error: disk full');
    expect(added).to.have.lengthOf(1);
    for (const id of added) expect(await codeOf(core.campaigns.getForUpdate(id))).to.equal('not_found');
  });
});

describe('updating a campaign', () => {
  it('stores all that is given', async () => {
    const { core, campaign, campaignId, party } = await aScene();
    const changes = {
      name: 'Other name',
      description: 'Other description',
      setting: 'Other setting',
      theme: 'Other theme',
      tone: 'Other tone',
      system: 'Other system',
      playerCount: 6,
      partyLevel: 11,
      timeZone: 'Europe/Kyiv',
      status: 'completed',
    } as const;
    const seen = await core.updateCampaign(party.gm, { campaignId, changes, expectedVersions: null });

    expect(seen).to.deep.equal({
      role: 'gm',
      value: { ...campaign, ...changes, updatedAt: core.clock.now(), version: 2 },
    });
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(seen.value);
  });

  it('changes nothing that is not given, nor what is given as it is, and empties by null', async () => {
    const { core, campaign, campaignId, party } = await aScene();
    const nothing = { description: null, setting: null, theme: null, tone: null, system: null };
    const update = (changes: object): ReturnType<CoreFixture['updateCampaign']> =>
      core.updateCampaign(party.owner, { campaignId, changes, expectedVersions: null });
    const now = core.clock.now();

    for (const same of [{}, { name: undefined }, { ...campaign }, { status: campaign.status, theme: campaign.theme }]) {
      expect((await update(same)).value).to.deep.equal(campaign);
    }
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(campaign);
    expect((await update(nothing)).value).to.deep.equal({ ...campaign, ...nothing, updatedAt: now, version: 2 });
    expect((await update(nothing)).value.version).to.equal(2);
  });

  it('takes an expected version and refuses another', async () => {
    const { core, campaign, campaignId, party } = await aScene();
    const update = (expectedVersions: readonly number[]): Promise<unknown> =>
      core.updateCampaign(party.gm, { campaignId, changes: { name: 'Other' }, expectedVersions });

    expect(await codeOf(update([2]))).to.equal('version_conflict');
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(campaign);
    await update([1]);
    expect(await codeOf(update([1]))).to.equal('version_conflict');
  });

  it('takes one of 10 updates at once that expect the same version, and all that expect none', async () => {
    const { core, campaignId, party } = await aScene();
    const update = (expectedVersions: readonly number[] | null): Promise<unknown> =>
      core.updateCampaign(party.gm, { campaignId, changes: { name: 'Other' }, expectedVersions });

    const strict = await outcomesOf(Array.from({ length: 10 }, () => update([1])));
    expect(strict).to.deep.equal({ done: 1, version_conflict: 9 });
    expect(await outcomesOf(Array.from({ length: 10 }, () => update(null)))).to.deep.equal({ done: 10 });
  });
});

describe('deleting and restoring a campaign', () => {
  it('moves it to the trash with all that is in it, and takes it out again', async () => {
    const { core, campaign, campaignId, party } = await aScene();
    const session = await storedSession(core, { campaignId });
    await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });

    const now = core.clock.now();
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal({
      ...campaign,
      deletedAt: now,
      updatedAt: now,
      version: 2,
    });
    expect(await core.sessions.find(session.id)).to.equal(null);

    core.clock.advance(DAY);
    const seen = await core.restoreCampaign(party.owner, { campaignId });
    expect(seen).to.deep.equal({ role: 'owner', value: { ...campaign, updatedAt: core.clock.now(), version: 3 } });
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(seen.value);
    expect(await core.sessions.find(session.id)).to.deep.equal(session);
  });

  it('deletes only an expected version', async () => {
    const { core, campaign, campaignId, party } = await aScene();
    const remove = (expectedVersions: readonly number[]): Promise<void> =>
      core.deleteCampaign(party.owner, { campaignId, expectedVersions });

    expect(await codeOf(remove([2]))).to.equal('version_conflict');
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(campaign);
    await remove([1]);
  });

  it('restores only an expected version, and what lies there for too long is not found all the same', async () => {
    const { core, campaignId, party } = await aScene();
    const restore = (expectedVersions: readonly number[]): Promise<unknown> =>
      core.restoreCampaign(party.owner, { campaignId, expectedVersions });
    expect(await codeOf(restore([2]))).to.equal('version_conflict');
    await restore([1]);
    await core.deleteCampaign(party.owner, { campaignId, expectedVersions: [1] });
    expect(await codeOf(restore([1]))).to.equal('version_conflict');
    core.clock.advance(31 * DAY);
    expect(await codeOf(restore([1]))).to.equal('not_found');
    core.clock.advance(-31 * DAY);
    await restore([1, 2]);
  });

  it('restores for exactly 30 days', async () => {
    const { core, campaignId, party } = await aScene();
    await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });

    core.clock.advance(30 * DAY + 1);
    expect(await codeOf(core.restoreCampaign(party.owner, { campaignId }))).to.equal('not_found');
    core.clock.advance(-1);
    expect((await core.restoreCampaign(party.owner, { campaignId })).value.deletedAt).to.equal(null);
  });

  it('leaves a campaign that is not in the trash as it is', async () => {
    const { core, campaign, campaignId, party } = await aScene();

    expect((await core.restoreCampaign(party.owner, { campaignId })).value).to.deep.equal(campaign);
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(campaign);
  });
});

type Command = (core: CoreFixture, actor: Actor, campaignId: string) => Promise<unknown>;

/** Every command on a stored campaign, and the roles that may. */
const commands: Readonly<Record<string, { readonly run: Command; readonly roles: readonly string[] }>> = {
  update: {
    run: (core, actor, campaignId) =>
      core.updateCampaign(actor, { campaignId, changes: { name: 'Other' }, expectedVersions: null }),
    roles: ['owner', 'gm'],
  },
  delete: {
    run: (core, actor, campaignId) => core.deleteCampaign(actor, { campaignId, expectedVersions: null }),
    roles: ['owner'],
  },
  restore: { run: (core, actor, campaignId) => core.restoreCampaign(actor, { campaignId }), roles: ['owner'] },
};

for (const [verb, { run, roles }] of Object.entries(commands)) {
  describe(`access to ${verb} a campaign`, () => {
    for (const role of ['owner', 'gm', 'player', 'viewer'] as const) {
      const allowed = roles.includes(role);
      it(`${allowed ? 'lets' : 'forbids'} a member who is ${role} ${allowed ? '' : 'to '}${verb} a campaign`, async () => {
        const { core, campaignId, party } = await aScene();
        if (verb === 'restore') await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });
        const before = await core.campaigns.getForUpdate(campaignId);
        const outcomes = await outcomesOf([run(core, party[role], campaignId)]);

        expect(outcomes).to.deep.equal(allowed ? { done: 1 } : { forbidden: 1 });
        const after = await core.campaigns.getForUpdate(campaignId);
        if (allowed) expect(after.version).to.equal(before.version + 1);
        else expect(after).to.deep.equal(before);
      });
    }

    it('tells who is no member, and of an unknown campaign, that there is nothing', async () => {
      const { core, campaignId, party } = await aScene();

      expect(await codeOf(run(core, party.stranger, campaignId))).to.equal('not_found');
      expect(await codeOf(run(core, party.owner, uuid()))).to.equal('not_found');
      await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });
      expect(await codeOf(run(core, party.stranger, campaignId))).to.equal('not_found');
    });

    if (verb !== 'restore') {
      it('tells of a campaign in the trash that there is nothing', async () => {
        const { core, campaignId, party } = await aScene();
        await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });

        expect(await codeOf(run(core, party.owner, campaignId))).to.equal('not_found');
      });
    }
  });
}

describe('changing a campaign that goes to the trash meanwhile', () => {
  it('finds nothing behind the lock', async () => {
    const { core, campaignId, party } = await aScene();
    await core.deleteCampaign(party.owner, { campaignId, expectedVersions: null });
    const before = await core.campaigns.getForUpdate(campaignId);
    // As when it was still there at the time of the check.
    const deps = { ...core, authorize: () => Promise.resolve('owner' as const) };
    const input = { campaignId, expectedVersions: null };

    expect(await codeOf(makeUpdateCampaign(deps)(party.owner, { ...input, changes: {} }))).to.equal('not_found');
    expect(await codeOf(makeDeleteCampaign(deps)(party.owner, input))).to.equal('not_found');
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(before);
  });
});

describe('summarizing a campaign', () => {
  it('asks for the present moment, and tells what is not there', async () => {
    const { core, campaignId, party } = await aScene();
    const asked: unknown[] = [];
    const summary = (...question: unknown[]): Promise<null> => {
      asked.push(question);
      return Promise.resolve(null);
    };
    const summarize = makeSummarizeCampaign({ ...core, campaigns: { summary } });

    expect(await codeOf(summarize(party.owner, { campaignId }))).to.equal('not_found');
    expect(asked).to.deep.equal([[party.owner, campaignId, core.clock.now()]]);
  });
});
