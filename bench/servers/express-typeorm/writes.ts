import type { Router } from 'express';
import { type DataSource, IsNull } from 'typeorm';
import { v7 } from 'uuid';
import { z } from 'zod';
import { runs } from '../peer.ts';
import { authorize } from './authorize.ts';
import { campaigns, members, sessionCounters, sessionResults, sessions } from './entities.ts';
import { HttpError } from './http-error.ts';
import { presentCampaign, presentSession } from './present.ts';
import { newCampaign, newResults, newSession, uuid } from './schemas.ts';

const counted = z.tuple([z.object({ last: z.number() })]);

/** `insert` and `update`, not `save`: that reads each row before it writes it. */
export function addWrites(api: Router, database: DataSource): void {
  api.post('/api/campaigns', async (request, response) => {
    const now = new Date();
    const campaign = {
      ...newCampaign.parse(request.body),
      id: v7(),
      timeZone: 'UTC',
      status: 'active',
      ownerId: request.userId,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      version: 1,
    };
    await database.transaction(async (manager) => {
      await manager.insert(campaigns, campaign);
      await manager.insert(sessionCounters, { campaignId: campaign.id, last: 0 });
      await manager.insert(members, {
        campaignId: campaign.id,
        userId: request.userId,
        role: 'owner',
        joinedAt: now,
      });
    });
    response.status(201).location(`/api/campaigns/${campaign.id}`).json(presentCampaign(campaign, 'owner'));
  });

  api.post('/api/campaigns/:campaignId/sessions', async (request, response) => {
    const campaignId = uuid.parse(request.params.campaignId);
    const { scheduledDate, ...details } = newSession.parse(request.body);
    const { session, role } = await database.transaction(async (manager) => {
      const role = await authorize(manager, campaignId, request.userId);
      if (!runs(role)) throw new HttpError(403, 'forbidden');
      const result = await manager
        .createQueryBuilder()
        .update(sessionCounters)
        .set({ last: () => 'last + 1' })
        .where({ campaignId })
        .returning(['last'])
        .execute();
      const [{ last: sessionNumber }] = counted.parse(result.raw);
      const now = new Date();
      const session = {
        ...details,
        id: v7(),
        campaignId,
        sessionNumber,
        scheduledDate: scheduledDate === null ? null : new Date(scheduledDate),
        status: 'planned' as const,
        startedAt: null,
        completedDate: null,
        cancelledReason: null,
        createdAt: now,
        updatedAt: now,
        deletedAt: null,
        version: 1,
      };
      await manager.insert(sessions, session);
      return { session, role };
    });
    response.status(201).location(`/api/sessions/${session.id}`).json(presentSession(session, role));
  });

  api.post('/api/sessions/:id/finalize', async (request, response) => {
    const id = uuid.parse(request.params.id);
    const input = newResults.parse(request.body);
    const now = new Date();
    const { session, role } = await database.transaction(async (manager) => {
      const found = await manager.findOne(sessions, {
        where: { id, deletedAt: IsNull() },
        lock: { mode: 'for_no_key_update' },
      });
      if (found === null) throw new HttpError(404, 'not_found');
      const role = await authorize(manager, found.campaignId, request.userId);
      if (!runs(role)) throw new HttpError(403, 'forbidden');
      if (found.status !== 'planned' && found.status !== 'in_progress') throw new HttpError(409, 'illegal_transition');
      const changes = {
        status: 'completed' as const,
        completedDate: now,
        updatedAt: now,
        version: found.version + 1,
      };
      await manager.update(sessions, { id }, changes);
      await manager.insert(sessionResults, { ...input, sessionId: id, campaignId: found.campaignId, capturedAt: now });
      return { session: { ...found, ...changes }, role };
    });
    response.json({ ...presentSession(session, role), results: { ...input, capturedAt: now } });
  });
}
