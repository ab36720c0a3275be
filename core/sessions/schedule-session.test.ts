import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import { aMoment } from '../../infrastructure/contracts/builders.ts';
import { codeOf } from '../../infrastructure/contracts/fault-of.ts';
import { makeCoreFixture } from '../../infrastructure/memory/core-fixture.ts';
import { MAX_SESSION_NUMBER } from './session.ts';

describe('scheduling a session', () => {
  it('stores a planned session with the next number and tells the role that it is seen in', async () => {
    const core = makeCoreFixture();
    const { campaignId, gm } = await core.newParty();
    const { value, role } = await core.scheduleSession(gm, { campaignId, title: 'The Keep', durationMinutes: 180 });

    expect(role).to.equal('gm');
    expect(value).to.deep.include({ campaignId, title: 'The Keep', durationMinutes: 180, status: 'planned' });
    expect(value).to.deep.include({ sessionNumber: 1, createdAt: core.clock.now(), version: 1 });
    expect(await core.sessions.find(value.id)).to.deep.equal(value);
  });

  it('numbers the sessions of each campaign on its own', async () => {
    const core = makeCoreFixture();
    const first = await core.newParty();
    const second = await core.newParty();
    const numberIn = async ({ campaignId, owner }: typeof first): Promise<number> =>
      (await core.scheduleSession(owner, { campaignId, title: 'x' })).value.sessionNumber;

    expect(await numberIn(first)).to.equal(1);
    expect(await numberIn(first)).to.equal(2);
    expect(await numberIn(second)).to.equal(1);
  });

  it('numbers 20 sessions that are scheduled at once from 1 to 20', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner, gm } = await core.newParty();
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, i) => core.scheduleSession(i % 2 === 0 ? owner : gm, { campaignId, title: 'x' })),
    );
    const numbers = seen.map(({ value }) => value.sessionNumber).sort((a, b) => a - b);

    expect(numbers).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('takes a wanted number and goes on from there', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const wanted = await core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: 7 });
    const after = await core.scheduleSession(owner, { campaignId, title: 'x' });

    expect(wanted.value.sessionNumber).to.equal(7);
    expect(after.value.sessionNumber).to.equal(8);
  });

  it('refuses a wanted number that is taken, also by a session in the trash', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const { value } = await core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: 7 });
    await core.deleteSession(owner, { sessionId: value.id, expectedVersions: null });

    const work = core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: 7 });
    expect(await codeOf(work)).to.equal('session_number_taken');
  });

  it('has no number left after the highest, but takes one that is given', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    await core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: MAX_SESSION_NUMBER });

    expect(await codeOf(core.scheduleSession(owner, { campaignId, title: 'x' }))).to.equal('session_number_taken');
    const given = await core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: 1 });
    expect(given.value.sessionNumber).to.equal(1);
  });

  it('gives the number back when the session is refused', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const refused = core.scheduleSession(owner, { campaignId, title: 'x', sessionNumber: 7, timeZone: 'Mars/Olympus' });

    expect(await codeOf(refused)).to.equal('validation_failed');
    expect((await core.scheduleSession(owner, { campaignId, title: 'x' })).value.sessionNumber).to.equal(1);
  });

  it("is in the campaign's time zone unless another is given, and so is a time on the wall", async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    const zone = { campaignId, changes: { timeZone: 'Asia/Tokyo' }, expectedVersions: null };
    await core.updateCampaign(owner, zone);
    const input = { campaignId, title: 'x', scheduledDate: { wall: '2027-01-08T19:00' } };

    expect((await core.scheduleSession(owner, input)).value).to.deep.include({
      timeZone: 'Asia/Tokyo',
      scheduledDate: new Date('2027-01-08T10:00:00Z'),
    });
    expect((await core.scheduleSession(owner, { ...input, timeZone: 'Europe/Berlin' })).value).to.deep.include({
      timeZone: 'Europe/Berlin',
      scheduledDate: new Date('2027-01-08T18:00:00Z'),
    });
    expect((await core.scheduleSession(owner, { campaignId, title: 'x' })).value.timeZone).to.equal('Asia/Tokyo');
  });

  it('lets owners and GMs, forbids players and viewers, and tells others nothing', async () => {
    const core = makeCoreFixture();
    const { campaignId, ...party } = await core.newParty();
    const input = { campaignId, title: 'x' };

    expect((await core.scheduleSession(party.owner, input)).role).to.equal('owner');
    expect((await core.scheduleSession(party.gm, input)).role).to.equal('gm');
    expect(await codeOf(core.scheduleSession(party.player, input))).to.equal('forbidden');
    expect(await codeOf(core.scheduleSession(party.viewer, input))).to.equal('forbidden');
    expect(await codeOf(core.scheduleSession(party.stranger, input))).to.equal('not_found');
    expect((await core.scheduleSession(party.owner, input)).value.sessionNumber).to.equal(3);
  });

  it('tells of an unknown campaign, or one in the trash, that there is nothing', async () => {
    const core = makeCoreFixture();
    const { campaignId, owner } = await core.newParty();
    await core.deleteCampaign(owner, { campaignId, expectedVersions: null });

    for (const id of [campaignId, uuid()]) {
      const work = core.scheduleSession(owner, { campaignId: id, title: 'x', scheduledDate: aMoment() });
      expect(await codeOf(work)).to.equal('not_found');
    }
  });
});
