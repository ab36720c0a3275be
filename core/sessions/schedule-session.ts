import type { CampaignRepository } from '../campaigns/campaign-repository.ts';
import type { AuthorizeBehind } from '../members/authorize.ts';
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
  readonly authorizeBehind: AuthorizeBehind;
  readonly campaigns: CampaignRepository;
  readonly sessions: SessionRepository;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly transaction: Transaction;
}

export function makeScheduleSession(deps: Deps): ScheduleSession {
  const { authorizeBehind, campaigns, sessions, ids, clock, transaction } = deps;
  return (actor, input) =>
    transaction.run(async () => {
      const { campaignId } = input;
      const [sessionNumber, role] = await authorizeBehind(actor, campaignId, 'sessions:schedule', async () => {
        await sessions.expectRoom(campaignId);
        return campaigns.takeSessionNumber(campaignId, input.sessionNumber ?? null);
      });
      const timeZone = input.timeZone ?? (await campaigns.timeZoneOf(campaignId));
      const session = schedule({ ...input, timeZone, id: ids.next(), sessionNumber, now: clock.now() });
      await sessions.add(session);
      return { value: session, role };
    });
}
