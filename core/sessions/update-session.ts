import type { CampaignRepository } from '../campaigns/campaign-repository.ts';
import type { AuthorizeBehind } from '../members/authorize.ts';
import type { Seen } from '../members/member.ts';
import type { Actor } from '../shared/actor.ts';
import { expectPresent } from '../shared/trash.ts';
import { expectVersion } from '../shared/version.ts';
import type { ChangeSession } from './change-session.ts';
import { type Session, type SessionChanges, updated } from './session.ts';

/**
 * @throws DomainError `not_found`, `forbidden`, `version_conflict`, `session_number_taken`, `illegal_transition`,
 * `validation_failed`
 */
export type UpdateSession = (
  actor: Actor,
  input: {
    readonly sessionId: string;
    readonly changes: SessionChanges;
    readonly expectedVersions: readonly number[] | null;
  },
) => Promise<Seen<Session>>;

interface Deps {
  readonly changeSession: ChangeSession;
  readonly authorizeBehind: AuthorizeBehind;
  readonly campaigns: CampaignRepository;
}

export function makeUpdateSession({ changeSession, authorizeBehind, campaigns }: Deps): UpdateSession {
  return (actor, { sessionId, changes, expectedVersions }) =>
    changeSession(actor, sessionId, 'sessions:update', async (session, now) => {
      expectVersion(expectPresent(session), expectedVersions);
      const { sessionNumber } = changes;
      if (sessionNumber !== undefined && sessionNumber !== session.sessionNumber) {
        await authorizeBehind(actor, session.campaignId, 'sessions:update', () =>
          campaigns.takeSessionNumber(session.campaignId, sessionNumber),
        );
      }
      return updated(session, changes, now);
    });
}
