import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { type CoreFixture, makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import type { Actor } from '../shared/actor.ts';
import { INVITED_ROLES, MAX_INVITES, type NewInvite } from './invite.ts';

const HOUR = 60 * 60 * 1000;

describe('invites', () => {
  let core: CoreFixture;
  let party: Awaited<ReturnType<CoreFixture['newParty']>>;
  beforeEach(async () => {
    core = makeCoreFixture();
    party = await core.newParty();
  });

  const invite = (actor: Actor, given: Partial<NewInvite> = {}) =>
    core.createInvite(actor, { campaignId: party.campaignId, role: 'player', ...given });
  const accept = (actor: Actor, code: string) => core.acceptInvite(actor, { code });
  const roleOf = async (actor: Actor): Promise<unknown> =>
    (await core.members.find(party.campaignId, actor.userId))?.role ?? null;

  describe('creating one', () => {
    it('is good for a week and for as many as come, where nothing is said', async () => {
      const { invite: made, code } = await invite(party.gm);
      const now = core.clock.now();
      expect(made).to.deep.equal({
        id: made.id,
        campaignId: party.campaignId,
        role: 'player',
        createdBy: party.gm.userId,
        createdAt: now,
        expiresAt: new Date(now.getTime() + 7 * 24 * HOUR),
        maxUses: null,
        uses: 0,
      });
      expect(code).to.match(/^[0-9a-f]{32}$/);
      expect((await invite(party.gm)).code).not.to.equal(code);
      const [told] = await core.recorded(made.id);
      expect(told).to.deep.include({ action: 'created', subjectKind: 'invite', campaignId: party.campaignId });
      expect(JSON.stringify(told)).not.to.include(code);
    });

    it('takes other bounds, and none', async () => {
      const some = await invite(party.owner, { expiresInHours: 1, maxUses: 3 });
      expect(some.invite).to.deep.include({ expiresAt: new Date(core.clock.now().getTime() + HOUR), maxUses: 3 });
      expect((await invite(party.owner, { expiresInHours: null })).invite.expiresAt).to.equal(null);
    });

    it('is for GMs, and of GMs for owners', async () => {
      const outcomes: Record<string, readonly string[]> = {};
      for (const who of ['owner', 'gm', 'player', 'viewer', 'stranger'] as const) {
        outcomes[who] = await Promise.all(
          INVITED_ROLES.map((role) =>
            invite(party[who], { role }).then(
              () => 'done',
              () => codeOf(invite(party[who], { role })),
            ),
          ),
        );
      }
      expect(outcomes).to.deep.equal({
        owner: ['done', 'done', 'done'],
        gm: ['forbidden', 'done', 'done'],
        player: ['forbidden', 'forbidden', 'forbidden'],
        viewer: ['forbidden', 'forbidden', 'forbidden'],
        stranger: ['not_found', 'not_found', 'not_found'],
      });
    });

    it(`ends at ${MAX_INVITES} of a campaign, until one is revoked`, async () => {
      const made = [];
      for (let count = 0; count < MAX_INVITES; count += 1) made.push(await invite(party.gm));
      expect(await codeOf(invite(party.owner))).to.equal('limit_reached');
      await core.revokeInvite(party.gm, { code: made[0]?.code ?? '' });
      await invite(party.owner);
    });
  });

  describe('accepting one', () => {
    it('makes a member of that role, which is told', async () => {
      for (const role of INVITED_ROLES) {
        const { code, invite: made } = await invite(party.owner, { role });
        const actor = await core.newActor();
        expect(await accept(actor, code)).to.deep.equal({ campaignId: party.campaignId, role });
        expect(await core.members.find(party.campaignId, actor.userId)).to.deep.equal({
          campaignId: party.campaignId,
          userId: actor.userId,
          role,
          joinedAt: core.clock.now(),
        });
        expect((await core.invites.find({ id: made.id }))?.uses).to.equal(1);
        const [told] = await core.recorded(actor.userId);
        expect(told).to.deep.include({ action: 'created', subjectKind: 'member', actorId: actor.userId });
      }
    });

    it('a second time, or as a member, changes nothing and uses nothing', async () => {
      const { code, invite: made } = await invite(party.owner, { role: 'viewer', maxUses: 1 });
      const actor = await core.newActor();
      const first = await accept(actor, code);
      expect(await accept(actor, code)).to.deep.equal(first);
      for (const role of ['owner', 'gm', 'player'] as const) {
        expect(await accept(party[role], code)).to.deep.equal({ campaignId: party.campaignId, role });
        expect(await roleOf(party[role])).to.equal(role);
      }
      expect((await core.invites.find({ id: made.id }))?.uses).to.equal(1);
    });

    it('is refused once it is used up, and then makes no member', async () => {
      const { code } = await invite(party.gm, { maxUses: 2 });
      await accept(await core.newActor(), code);
      await accept(await core.newActor(), code);
      const late = await core.newActor();
      expect(await codeOf(accept(late, code))).to.equal('invite_used_up');
      expect(await roleOf(late)).to.equal(null);
    });

    it('does not bring back who was removed', async () => {
      const { code } = await invite(party.gm);
      const actor = await core.newActor();
      await accept(actor, code);
      await core.removeMember(party.owner, { campaignId: party.campaignId, userId: actor.userId });
      expect(await codeOf(accept(actor, code))).to.equal('invite_used_up');
      expect(await roleOf(actor)).to.equal(null);
    });

    it('finds nothing by a code that is unknown, malformed, expired or revoked, or into the trash', async () => {
      const actor = await core.newActor();
      const unknown = await codeOf(accept(actor, 'a'.repeat(32)));
      const outcomes = [unknown];
      for (const code of ['', 'x', uuid(), 'A'.repeat(31), ' '.repeat(32), 'é'.repeat(32)])
        outcomes.push(await codeOf(accept(actor, code)));
      const expired = await invite(party.gm, { expiresInHours: 1 });
      const revoked = await invite(party.gm);
      const trashed = await invite(party.gm);
      // Its id is no code.
      outcomes.push(await codeOf(accept(actor, trashed.invite.id)));
      await core.revokeInvite(party.owner, { code: revoked.code });
      outcomes.push(await codeOf(accept(actor, revoked.code)));
      core.clock.advance(HOUR);
      outcomes.push(await codeOf(accept(actor, expired.code)));
      await core.deleteCampaign(party.owner, { campaignId: party.campaignId, expectedVersions: null });
      outcomes.push(await codeOf(accept(actor, trashed.code)));
      expect(new Set(outcomes)).to.deep.equal(new Set(['not_found']));
      expect(await roleOf(actor)).to.equal(null);
    });

    it('does not mind the case of the code', async () => {
      const { code } = await invite(party.gm);
      await accept(await core.newActor(), code.toUpperCase());
    });
  });

  describe('revoking one', () => {
    it('is for GMs, by its code or its id', async () => {
      for (const who of ['owner', 'gm'] as const) {
        const byCode = await invite(party.owner);
        await core.revokeInvite(party[who], { code: byCode.code });
        const byId = await invite(party.owner, { role: 'gm' });
        await core.revokeInvite(party[who], { code: byId.invite.id });
        for (const { invite: made } of [byCode, byId]) {
          expect(await core.invites.find({ id: made.id })).to.equal(null);
          expect((await core.recorded(made.id)).at(-1)).to.deep.include({
            action: 'revoked',
            actorId: party[who].userId,
          });
        }
      }
      const { code, invite: made } = await invite(party.gm);
      for (const [who, expected] of [
        ['player', 'forbidden'],
        ['viewer', 'forbidden'],
        ['stranger', 'not_found'],
      ] as const) {
        expect(await codeOf(core.revokeInvite(party[who], { code }))).to.equal(expected);
      }
      expect(await core.invites.find({ id: made.id })).to.deep.equal(made);
      expect(await codeOf(core.revokeInvite(party.gm, { code: uuid() }))).to.equal('not_found');
    });
  });

  it('of who is removed, or may no longer let anybody in, are gone', async () => {
    const { campaignId } = party;
    const left = await invite(party.gm);
    const kept = await invite(party.owner);
    await core.removeMember(party.gm, { campaignId, userId: party.gm.userId });
    expect(await core.invites.find({ id: left.invite.id })).to.equal(null);

    await core.changeRole(party.owner, { campaignId, userId: party.player.userId, role: 'owner' });
    const demoted = await invite(party.player, { role: 'gm' });
    await core.changeRole(party.owner, { campaignId, userId: party.player.userId, role: 'gm' });
    expect(await core.invites.find({ id: demoted.invite.id })).to.equal(null);
    expect(await core.invites.find({ id: kept.invite.id })).to.deep.equal(kept.invite);
  });
});
