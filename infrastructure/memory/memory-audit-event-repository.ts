import type { AuditEventRepository } from '../../core/audit/audit-event-repository.ts';
import type { MemoryStore } from './memory-store.ts';

export function makeMemoryAuditEventRepository(store: MemoryStore): AuditEventRepository {
  return {
    add: (event) =>
      store.write(({ auditEvents }) => {
        auditEvents.set(event.id, event);
      }),
  };
}
