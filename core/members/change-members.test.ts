import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, outcomesOf } from '../../infrastructure/contracts/fault-of.ts';
import { storedMember } from '../../infrastructure/contracts/stored.ts';
import { type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import { makeChangeRole } from './change-role.ts';
import { makeRemoveMember } from './remove-member.ts';
import type { Role } from './role.ts';

const rolesOf = async (core: CoreFixture, campaignId: string, userIds: readonly string[]): Promise<unknown> =>
  Promise.all(userIds.map(async (userId) => (await core.members.find(campaignId, userId))?.role ?? null));

const ownerOf = async (core: CoreFixture, campaignId: string): Promise<string> =>
  (await core.campaigns.getForUpdate(campaignId)).ownerId;

describe('changing the role of a member', () => {
  for (const role of ['owner', 'gm', 'player', 'viewer'] as const) {
    it(`makes a member ${role}`, async () => {
      const core = makeCoreFixture();
      const { campaignId, owner, player } = await core.newParty();
      const before = await core.members.find(campaignId, player.userId);
      const user = await core.users.find(player.userId);
      const changed = await core.changeRole(owner, { campaignId, userId: player.userId, role });

      expect(changed).to.deep.equal({ ...before, role, username: user?.username });
      expect(await core.members.find(campaignId, player.userId)).to.deep.equal({ ...before, role });
    });
  }

  it('writes nothing where the member has that role already, the last owner too', async () => {
    const core = makeCoreFixture();
    const { campaignId, ...party } = await core.newParty();
    const campaign = await core.campaigns.getForUpdate(campaignId);
    const full = (): Promise<never> => Promise.reject(new Error('disk full'));
    const members = { ...core.members, setRole: full, setFirstOwner: full };
    const changeRole = makeChangeRole({ ...core, members, audit: { record: full } });

    for (const role of ['owner', 'gm', 'player', 'viewer'] as const) {
      const { userId } = party[role];
      const user = await core.users.find(userId);
      const member = await core.members.find(campaignId, userId);
      expect(await changeRole(party.owner, { campaignId, userId, role })).to.deep.equal({
        ...member,
        username: user?.username,
      });
    }
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(campaign);
  });

  it('is for owners only', async () => {
    const core = makeCoreFixture();
    const { campaignId, ...party } = await core.newParty();
    const change = (by: 'gm' | 'player' | 'viewer' | 'stranger', role: Role): Promise<unknown> =>
      core.changeRole(party[by], { campaignId, userId: party.viewer.userId, role });

    for (const by of ['gm', 'player', 'viewer'] as const) expect(await codeOf(change(by, 'gm'))).to.equal('forbidden');
    expect(await codeOf(change('stranger', 'gm'))).to.equal('not_found');
    expect(await rolesOf(core, campaignId, [party.viewer.userId])).to.deep.equal(['viewer']);
  });

  it('forbids a member even to weaken its own role', async () => {
    const core = makeCoreFixture();
    const { campaignId, gm } = await core.newParty();

    expect(await codeOf(core.changeRole(gm, { campaignId, userId: gm.userId, role: 'viewer' }))).to.equal('forbidden');
  });

  it('finds nobody who is no member, and no campaign in the trash', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, player, stranger } = await core.newParty();
    const change = (userId: string): Promise<unknown> => core.changeRole(owner, { campaignId, userId, role: 'gm' });

    expect(await codeOf(change(stranger.userId))).to.equal('not_found');
    expect(await codeOf(change(uuid()))).to.equal('not_found');
    await core.deleteCampaign(owner, { campaignId, expectedVersions: null });
    expect(await codeOf(change(player.userId))).to.equal('not_found');
  });

  for (const role of ['gm', 'player', 'viewer'] as const) {
    it(`refuses to make the last owner ${role}`, async () => {
      const core = makeCoreFixture();
      const { campaignId, owner } = await core.newParty();

      expect(await codeOf(core.changeRole(owner, { campaignId, userId: owner.userId, role }))).to.equal('last_owner');
      expect(await rolesOf(core, campaignId, [owner.userId])).to.deep.equal(['owner']);
      expect(await ownerOf(core, campaignId)).to.equal(owner.userId);
    });
  }

  it('leaves the last owner owner when asked to', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const before = await core.campaigns.getForUpdate(campaignId);

    expect((await core.changeRole(owner, { campaignId, userId: owner.userId, role: 'owner' })).role).to.equal('owner');
    expect(await core.campaigns.getForUpdate(campaignId)).to.deep.equal(before);
  });

  it('lets an owner hand the campaign over: it names the other, who may do all from then on', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm } = await core.newParty();
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'owner' });
    expect(await ownerOf(core, campaignId)).to.equal(owner.userId);
    await core.changeRole(owner, { campaignId, userId: owner.userId, role: 'player' });

    expect(await ownerOf(core, campaignId)).to.equal(gm.userId);
    expect(await rolesOf(core, campaignId, [owner.userId, gm.userId])).to.deep.equal(['player', 'owner']);
    expect(await codeOf(core.changeRole(owner, { campaignId, userId: owner.userId, role: 'owner' }))).to.equal(
      'forbidden',
    );
    await core.deleteCampaign(gm, { campaignId, expectedVersions: null });
  });

  it('keeps naming the first owner when a later one steps down', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm } = await core.newParty();
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'owner' });
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'gm' });

    expect(await ownerOf(core, campaignId)).to.equal(owner.userId);
  });

  it('names the member who joined first when it becomes an owner after others', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm, player } = await core.newParty();
    // Joined in the order owner, gm, player; made owners in the order owner, player, gm.
    await core.changeRole(owner, { campaignId, userId: player.userId, role: 'owner' });
    await core.removeMember(owner, { campaignId, userId: owner.userId });
    expect(await ownerOf(core, campaignId)).to.equal(player.userId);

    await core.changeRole(player, { campaignId, userId: gm.userId, role: 'owner' });
    expect(await ownerOf(core, campaignId)).to.equal(gm.userId);

    await core.removeMember(player, { campaignId, userId: player.userId });
    expect(await ownerOf(core, campaignId)).to.equal(gm.userId);
  });

  it('keeps an owner when all of them step down at once', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const owners = [owner];
    for (let i = 0; i < 4; i += 1) {
      const actor = await core.newActor();
      await storedMember(core, { campaignId, userId: actor.userId, role: 'owner' });
      owners.push(actor);
    }
    const outcomes = await outcomesOf(
      owners.map((actor) => core.changeRole(actor, { campaignId, userId: actor.userId, role: 'gm' })),
    );

    expect(outcomes).to.deep.equal({ done: 4, last_owner: 1 });
    const [last] = await core.members.ownersForUpdate(campaignId);
    expect(await ownerOf(core, campaignId)).to.equal(last?.userId);
  });

  it('authorizes again behind the lock: whoever was demoted meanwhile is forbidden', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm, player } = await core.newParty();
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'owner' });
    const { ownersForUpdate } = core.members;
    // Another owner's demotion, committed while this one waits for the lock.
    const members = {
      ...core.members,
      ownersForUpdate: async (id: string) => {
        await core.members.setRole(campaignId, gm.userId, 'player');
        return ownersForUpdate(id);
      },
    };
    const input = { campaignId, userId: player.userId };

    expect(await codeOf(makeChangeRole({ ...core, members })(gm, { ...input, role: 'viewer' }))).to.equal('forbidden');
    expect(await codeOf(makeRemoveMember({ ...core, members })(gm, input))).to.equal('forbidden');
    expect(await rolesOf(core, campaignId, [player.userId])).to.deep.equal(['player']);
  });
});

describe('removing a member', () => {
  it('lets an owner remove anybody', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm, player, viewer } = await core.newParty();
    for (const { userId } of [gm, player]) await core.removeMember(owner, { campaignId, userId });

    const roles = await rolesOf(core, campaignId, [owner.userId, gm.userId, player.userId, viewer.userId]);
    expect(roles).to.deep.equal(['owner', null, null, 'viewer']);
  });

  for (const role of ['gm', 'player', 'viewer'] as const) {
    it(`lets a member who is ${role} remove itself, and nobody else`, async () => {
      const core = makeCoreFixture();
      const { campaignId, ...party } = await core.newParty();
      const actor = party[role];
      const other = role === 'viewer' ? party.player : party.viewer;

      expect(await codeOf(core.removeMember(actor, { campaignId, userId: other.userId }))).to.equal('forbidden');
      await core.removeMember(actor, { campaignId, userId: actor.userId });
      expect(await rolesOf(core, campaignId, [actor.userId, other.userId])).to.deep.equal([
        null,
        role === 'viewer' ? 'player' : 'viewer',
      ]);
    });
  }

  it('tells who is no member that there is nothing', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, stranger, viewer } = await core.newParty();
    const remove = (actor: typeof owner, userId: string): Promise<void> =>
      core.removeMember(actor, { campaignId, userId });

    expect(await codeOf(remove(stranger, viewer.userId))).to.equal('not_found');
    expect(await codeOf(remove(stranger, stranger.userId))).to.equal('not_found');
    expect(await codeOf(remove(owner, stranger.userId))).to.equal('not_found');
    await core.deleteCampaign(owner, { campaignId, expectedVersions: null });
    expect(await codeOf(remove(viewer, viewer.userId))).to.equal('not_found');
  });

  it('refuses to remove the last owner', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();

    expect(await codeOf(core.removeMember(owner, { campaignId, userId: owner.userId }))).to.equal('last_owner');
    expect(await rolesOf(core, campaignId, [owner.userId])).to.deep.equal(['owner']);
  });

  it('lets an owner leave when another stays, whom the campaign names from then on', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm } = await core.newParty();
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'owner' });
    await core.removeMember(owner, { campaignId, userId: owner.userId });

    expect(await ownerOf(core, campaignId)).to.equal(gm.userId);
    expect(await rolesOf(core, campaignId, [owner.userId, gm.userId])).to.deep.equal([null, 'owner']);
  });

  it('lets one of two owners stay when each removes the other at once', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm } = await core.newParty();
    await core.changeRole(owner, { campaignId, userId: gm.userId, role: 'owner' });
    const outcomes = await outcomesOf([
      core.removeMember(owner, { campaignId, userId: gm.userId }),
      core.removeMember(gm, { campaignId, userId: owner.userId }),
    ]);

    expect(outcomes).to.deep.equal({ done: 1, not_found: 1 });
    expect(await core.members.ownersForUpdate(campaignId)).to.have.lengthOf(1);
  });
});
