import type { Router } from 'express';
import { type DataSource, IsNull, MoreThan } from 'typeorm';
import { decodeCursor, nextPage } from '../peer.ts';
import { authorize } from './authorize.ts';
import { members, sessions } from './entities.ts';
import { HttpError } from './http-error.ts';
import { presentCampaign, presentSession } from './present.ts';
import { listQuery, sessionsQuery, uuid } from './schemas.ts';

export function addReads(api: Router, database: DataSource): void {
  /** `limit` and `getOne`, not `take` and `findOne`: those make two statements of a join. */
  const seen = (userId: string) =>
    database
      .getRepository(members)
      .createQueryBuilder('member')
      .innerJoinAndSelect('member.campaign', 'campaign')
      .where('member.userId = :userId', { userId })
      .andWhere('campaign.deletedAt is null');

  api.get('/api/campaigns', async (request, response) => {
    const { limit, cursor } = listQuery.parse(request.query);
    const query = seen(request.userId)
      .orderBy('member.campaignId', 'DESC')
      .limit(limit + 1);
    if (cursor !== undefined) query.andWhere('member.campaignId < :after', { after: decodeCursor(cursor) });
    const found = await query.getMany();
    const last = found[limit - 1];
    if (found.length > limit && last !== undefined) {
      response.set('Link', nextPage(request.originalUrl, last.campaignId));
    }
    response.json(found.slice(0, limit).map(({ campaign, role }) => presentCampaign(campaign, role)));
  });

  api.get('/api/campaigns/:id', async (request, response) => {
    const found = await seen(request.userId)
      .andWhere('member.campaignId = :id', { id: uuid.parse(request.params.id) })
      .getOne();
    if (found === null) throw new HttpError(404, 'not_found');
    response.json(presentCampaign(found.campaign, found.role));
  });

  // Two statements: the membership joined to a page of sessions would sort all of the campaign's sessions first.
  api.get('/api/campaigns/:campaignId/sessions', async (request, response) => {
    const campaignId = uuid.parse(request.params.campaignId);
    const { limit, cursor, status } = sessionsQuery.parse(request.query);
    const role = await authorize(database.manager, campaignId, request.userId);
    const found = await database.getRepository(sessions).find({
      where: {
        campaignId,
        deletedAt: IsNull(),
        ...(status !== undefined && { status }),
        ...(cursor !== undefined && { sessionNumber: MoreThan(Number(decodeCursor(cursor))) }),
      },
      order: { sessionNumber: 'ASC' },
      take: limit + 1,
    });
    const last = found[limit - 1];
    if (found.length > limit && last !== undefined) {
      response.set('Link', nextPage(request.originalUrl, last.sessionNumber));
    }
    response.json(found.slice(0, limit).map((session) => presentSession(session, role)));
  });
}
