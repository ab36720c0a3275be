import type { Member } from '../../core/members/member.ts';
import type { MemberRepository } from '../../core/members/member-repository.ts';
import type { MemoryQuotas } from './memory-quotas.ts';
import type { MemoryState, MemoryStore } from './memory-store.ts';

export function makeMemoryMemberRepository(store: MemoryStore, quotas: MemoryQuotas): MemberRepository {
  return {
    add: (member) =>
      store.write(({ members }) => {
        members.set(keyOf(member.campaignId, member.userId), member);
      }),
    join: (member) =>
      store.write((state) => {
        const isNew = findIn(state, member.campaignId, member.userId) === null;
        if (isNew) state.members.set(keyOf(member.campaignId, member.userId), member);
        return isNew;
      }),
    find: (campaignId, userId) =>
      store.read((state) => {
        const present = state.campaigns.get(campaignId)?.deletedAt === null;
        return present ? findIn(state, campaignId, userId) : null;
      }),
    findEvenInTrash: (campaignId, userId) => store.read((state) => findIn(state, campaignId, userId)),
    membersAmong: (campaignId, userIds) =>
      store.read((state) => new Set(userIds.filter((userId) => findIn(state, campaignId, userId) !== null))),
    ownersForUpdate: (campaignId) =>
      store.read(({ members }) =>
        [...members.values()]
          .filter((member) => member.campaignId === campaignId && member.role === 'owner')
          .sort((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime()),
      ),
    setRole: (campaignId, userId, role) =>
      store.write((state) => {
        const member = findIn(state, campaignId, userId);
        if (member !== null) state.members.set(keyOf(campaignId, userId), { ...member, role });
      }),
    remove: (campaignId, userId) =>
      store.write(({ members }) => {
        members.delete(keyOf(campaignId, userId));
      }),
    setFirstOwner: (campaignId, userId) =>
      store.write((state) => {
        const campaign = state.campaigns.get(campaignId);
        if (campaign === undefined) return;
        quotas.expectCampaign(state, userId);
        const given = { ...campaign, ownerId: userId, version: campaign.version + 1 };
        quotas.within(state, campaignId, () => state.campaigns.set(campaignId, given));
      }),
  };
}

function findIn({ members }: MemoryState, campaignId: string, userId: string): Member | null {
  return members.get(keyOf(campaignId, userId)) ?? null;
}

function keyOf(campaignId: string, userId: string): string {
  return `${campaignId} ${userId}`;
}
