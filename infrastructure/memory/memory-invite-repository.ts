import { type Invite, hasExpired, isUsedUp } from '../../core/members/invite.ts';
import type { InviteRepository } from '../../core/members/invite-repository.ts';
import type { MemoryStore } from './memory-store.ts';

export function makeMemoryInviteRepository(store: MemoryStore): InviteRepository {
  return {
    add: (invite, hash) =>
      store.write(({ invites }) => {
        invites.set(invite.id, { invite, hash, usedBy: [] });
      }),
    countForUpdate: (campaignId) =>
      store.read(
        ({ invites }) => [...invites.values()].filter(({ invite }) => invite.campaignId === campaignId).length,
      ),
    find: (by) =>
      store.read(({ invites, campaigns, users }): Invite | null => {
        const isMeant = ({ invite, hash }: { invite: Invite; hash: string }): boolean =>
          'id' in by ? invite.id === by.id : hash === by.hash && users.get(invite.createdBy)?.status === 'active';
        const found = [...invites.values()].find(isMeant)?.invite;
        return found !== undefined && campaigns.get(found.campaignId)?.deletedAt === null ? found : null;
      }),
    use: (id, userId, now) =>
      store.write(({ invites }) => {
        const found = invites.get(id);
        if (found === undefined || found.usedBy.includes(userId)) return false;
        if (hasExpired(found.invite, now) || isUsedUp(found.invite)) return false;
        const invite = { ...found.invite, uses: found.invite.uses + 1 };
        invites.set(id, { ...found, invite, usedBy: [...found.usedBy, userId] });
        return true;
      }),
    remove: (id) => store.write(({ invites }) => invites.delete(id)),
    removeAllBy: (campaignId, userId) =>
      store.write(({ invites }) => {
        for (const { invite } of invites.values()) {
          if (invite.campaignId === campaignId && invite.createdBy === userId) invites.delete(invite.id);
        }
      }),
  };
}
