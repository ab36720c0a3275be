import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { MemberQueries } from '../../core/members/member-queries.ts';
import type { Member } from '../../core/members/member.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd, readsOf } from '../../test/support/query-database.ts';
import { actorOf, aMoment } from '../contracts/builders.ts';
import { storedCampaign, storedMember, storedUser } from '../contracts/stored.ts';
import { makeMemberQueries } from './member-queries.ts';
import { ask } from '../../test/support/ask.ts';

describe('member queries', () => {
  let stored: QueryDatabase;
  let queries: MemberQueries;
  before(async () => {
    stored = await openQueryDatabase();
    queries = makeMemberQueries(stored.reader);
  });
  after(() => stored.database.close());

  const first = { limit: 100, after: null };

  it('tell who belongs to the campaign, in the order of joining, with their names', async () => {
    const campaign = await storedCampaign(stored);
    const owner = await stored.users.find(campaign.ownerId);
    const late = await storedUser(stored, { username: 'Zoë' });
    const early = await storedUser(stored, { username: 'ann' });
    const joined: Member[] = [];
    for (const [user, role] of [
      [early, 'viewer'],
      [late, 'gm'],
    ] as const) {
      joined.push(await storedMember(stored, { campaignId: campaign.id, userId: user.id, role }));
    }
    const page = await queries.list(actorOf(late.id), campaign.id, first);
    const [ownerMember] = await stored.members.ownersForUpdate(campaign.id);
    expect(page).to.deep.equal({
      items: [
        { ...ownerMember, username: owner?.username },
        { ...joined[0], username: 'ann' },
        { ...joined[1], username: 'Zoë' },
      ],
      next: null,
    });
  });

  it('answer null to who is no member, for an unknown campaign, and for one in the trash', async () => {
    const campaign = await storedCampaign(stored);
    const trashed = await storedCampaign(stored, { ownerId: campaign.ownerId, deletedAt: aMoment() });
    const stranger = await storedCampaign(stored);
    for (const [viewerId, id] of [
      [stranger.ownerId, campaign.id],
      [uuid(), campaign.id],
      [campaign.ownerId, uuid()],
      [campaign.ownerId, trashed.id],
    ] as const) {
      expect(await queries.list(actorOf(viewerId), id, first)).to.equal(null);
    }
  });

  it('go on to the end in pages of any size, those who joined at one moment too', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const joinedAt = aMoment();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await storedMember(stored, { campaignId, joinedAt })).userId);
    const expected = [ownerId, ...ids.sort()];
    for (const limit of [1, 2, 3, 5, 6, 7]) {
      const read = await readToEnd(limit, (page) => queries.list(actorOf(ownerId), campaignId, page));
      expect(
        read.map(({ userId }) => userId),
        `by ${limit}`,
      ).to.deep.equal(expected);
    }
  });

  it('know the viewer when a position lies behind every member', async () => {
    const { id: campaignId, ownerId } = await storedCampaign(stored);
    const after = [new Date('2099-01-01T00:00:00Z').toISOString(), uuid()];
    expect(await queries.list(actorOf(ownerId), campaignId, { limit: 1, after })).to.deep.equal({
      items: [],
      next: null,
    });
  });

  it('read the members of one campaign only, among thousands', async () => {
    const many = await openQueryDatabase({ connections: 1 });
    try {
      const campaign = await storedCampaign(many);
      await storedMember(many, { campaignId: campaign.id });
      await ask(
        many.database,
        `with c as (
           insert into campaigns (id, name, player_count, party_level, status, owner_id, created_at, updated_at, version)
           select gen_random_uuid(), 'x', 4, 1, 'active', $1, now(), now(), 1 from generate_series(1, 3000)
           returning id
         ) insert into members (campaign_id, user_id, role, joined_at) select id, $2, 'gm', now() from c`,
        [campaign.ownerId, campaign.ownerId],
      );
      await ask(many.database, 'analyze');
      const reads = await readsOf(many.database, 'members', () =>
        makeMemberQueries(many.reader).list(actorOf(campaign.ownerId), campaign.id, first),
      );
      expect(reads.sequentialScans).to.equal(0);
      expect(reads.entries).to.be.lessThan(10);
    } finally {
      await many.database.close();
    }
  });
});
