import type { CampaignRepository } from '../campaigns/campaign-repository.ts';
import type { Authorize } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type Session, type SessionDetails, schedule } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

/** @throws DomainError `not_found`, `forbidden`, `session_number_taken`, `limit_reached`, `validation_failed` */
export type ScheduleSession = (
  actor: Actor,
  input: SessionDetails & { readonly campaignId: string; readonly sessionNumber?: number | undefined },
) => Promise<Seen<Session>>;

interface Deps {
  readonly authorize: Authorize;
  readonly campaigns: CampaignRepository;
  readonly sessions: SessionRepository;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeScheduleSession(deps: Deps): ScheduleSession {
  const { authorize, campaigns, sessions, ids, clock, transaction } = deps;
  return (actor, input) =>
    transaction.run(async () => {
      const { campaignId } = input;
      // Else whoever may not do it could still make those wait who may.
      await authorize(actor, campaignId, 'sessions:schedule');
      const sessionNumber = await campaigns.takeSessionNumber(campaignId, input.sessionNumber ?? null);
      await sessions.expectRoom(campaignId);
      const timeZone = input.timeZone ?? (await campaigns.timeZoneOf(campaignId));
      const session = schedule({ ...input, timeZone, id: ids.next(), sessionNumber, now: clock.now() });
      // Authorized by what holds once all that it waited for is over.
      const [, role] = await Promise.all([sessions.add(session), authorize(actor, campaignId, 'sessions:schedule')]);
      return { value: session, role };
    });
}
