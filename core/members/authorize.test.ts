import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { codeOf, faultOf } from '../../infrastructure/contracts/fault-of.ts';
import { makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import { ROLES } from './role.ts';

describe('authorizing', () => {
  it('answers the role of a member that may', async () => {
    const { authorize, newParty } = makeCoreFixture();
    const { campaignId, ...party } = await newParty();

    for (const role of ROLES) expect(await authorize(party[role], campaignId, 'campaign:read')).to.equal(role);
  });

  it('forbids what the role is too weak for', async () => {
    const { authorize, newParty } = makeCoreFixture();
    const { campaignId, owner, ...party } = await newParty();

    expect(await authorize(owner, campaignId, 'campaign:delete')).to.equal('owner');
    for (const role of ['gm', 'player', 'viewer'] as const) {
      const { code, message } = await faultOf(authorize(party[role], campaignId, 'campaign:delete'));
      expect(code).to.equal('forbidden');
      expect(message).to.include(role);
    }
  });

  it('tells who is no member the same as of a campaign that never was', async () => {
    const { authorize, newParty } = makeCoreFixture();
    const { campaignId, owner, stranger } = await newParty();
    const foreign = await faultOf(authorize(stranger, campaignId, 'campaign:read'));
    const unknown = await faultOf(authorize(owner, uuid(), 'campaign:read'));

    expect(foreign.code).to.equal('not_found');
    expect([foreign.code, foreign.message, foreign.details]).to.deep.equal([
      unknown.code,
      unknown.message,
      unknown.details,
    ]);
  });

  it('finds a campaign in the trash for restoring only', async () => {
    const { authorize, deleteCampaign, newParty } = makeCoreFixture();
    const { campaignId, owner, gm, stranger } = await newParty();
    await deleteCampaign(owner, { campaignId, expectedVersions: null });

    expect(await authorize(owner, campaignId, 'campaign:restore')).to.equal('owner');
    expect(await codeOf(authorize(gm, campaignId, 'campaign:restore'))).to.equal('forbidden');
    expect(await codeOf(authorize(stranger, campaignId, 'campaign:restore'))).to.equal('not_found');
    for (const action of ['campaign:read', 'campaign:update', 'campaign:delete', 'sessions:restore'] as const) {
      expect(await codeOf(authorize(owner, campaignId, action)), action).to.equal('not_found');
    }
  });
});
