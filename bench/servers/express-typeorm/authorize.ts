import type { EntityManager } from 'typeorm';
import type { Role } from '../peer.ts';
import { members } from './entities.ts';
import { HttpError } from './http-error.ts';

/** The user's role in a campaign that is not in the trash. @throws HttpError 404 for who is no member */
export async function authorize(manager: EntityManager, campaignId: string, userId: string): Promise<Role> {
  const member = await manager
    .createQueryBuilder(members, 'member')
    .innerJoin('member.campaign', 'campaign', 'campaign.deletedAt is null')
    .where('member.campaignId = :campaignId and member.userId = :userId', { campaignId, userId })
    .getOne();
  if (member === null) throw new HttpError(404, 'not_found');
  return member.role;
}
