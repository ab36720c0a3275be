import { type AuditTrail, makeAuditTrail } from '../../core/audit/audit-trail.ts';
import { AuditEventRow, makeAuditEventRepository } from '../database/audit-event-repository.ts';
import { type Feature, token } from './binder.ts';
import { CLOCK, DATABASE, IDS } from './shared.ts';

export const AUDIT = token<AuditTrail>('audit trail');

export const audit: Feature = {
  rows: [AuditEventRow],
  register: ({ provide, make }) => {
    const auditEvents = make({ database: DATABASE }, ({ database }) => makeAuditEventRepository(database));
    provide(AUDIT, { auditEvents, ids: IDS, clock: CLOCK }, makeAuditTrail);
  },
};
