import type { Member } from './member.ts';
import type { Role } from './role.ts';

export interface MemberRepository {
  add(member: Member): Promise<void>;
  /** Adds who is no member yet, nor becomes one at the same moment; answers whether that was so. */
  join(member: Member): Promise<boolean>;
  /** Null also when the campaign lies in the trash. */
  find(campaignId: string, userId: string): Promise<Member | null>;
  /** As find, for a campaign in the trash as well. */
  findEvenInTrash(campaignId: string, userId: string): Promise<Member | null>;
  /** Those of the users who are members. */
  membersAmong(campaignId: string, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * The owners, the first to join first; and no role in this campaign can change until the transaction ends, so
   * that two owners cannot each leave because the other stays.
   */
  ownersForUpdate(campaignId: string): Promise<readonly Member[]>;
  setRole(campaignId: string, userId: string, role: Role): Promise<void>;
  remove(campaignId: string, userId: string): Promise<void>;
  /**
   * Whom the campaign names as its owner: the first of them to join. Counts as a change of the campaign's version.
   * @throws DomainError `limit_reached` where the campaign is more than that owner may have
   */
  setFirstOwner(campaignId: string, userId: string): Promise<void>;
}
