import type { AuditEvent } from './audit-event.ts';

/** There is no way to change or remove what was added, and the storage refuses it. */
export interface AuditEventRepository {
  add(event: AuditEvent): Promise<void>;
}
