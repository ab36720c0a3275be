import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { AuditEvent } from './audit-event.ts';
import type { AuditEventRepository } from './audit-event-repository.ts';

type AuditEntry = Pick<AuditEvent, 'actorId' | 'action' | 'subjectKind' | 'subjectId'> &
  Partial<Pick<AuditEvent, 'campaignId' | 'details'>>;

/** Called inside the transaction of what it tells of, so that there is never the one without the other. */
export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
}

interface Deps {
  readonly auditEvents: AuditEventRepository;
  readonly ids: Ids;
  readonly clock: Clock;
}

export function makeAuditTrail({ auditEvents, ids, clock }: Deps): AuditTrail {
  return {
    record: ({ campaignId = null, details = {}, ...entry }) =>
      auditEvents.add({ id: ids.next(), at: clock.now(), ...entry, campaignId, details }),
  };
}
