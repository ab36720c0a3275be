import { defineEntity, p } from '@mikro-orm/postgresql';
import { AUDIT_ACTIONS, type AuditEvent } from '../../core/audit/audit-event.ts';
import type { AuditEventRepository } from '../../core/audit/audit-event-repository.ts';
import type { Database } from './database.ts';
import { isOneOf } from './row-schema.ts';
import { makeTable } from './table.ts';

/** Without foreign keys: history outlives those that it tells of. */
export const AuditEventRow = defineEntity({
  name: 'AuditEventRow',
  tableName: 'audit_events',
  properties: {
    id: p.uuid().primary(),
    at: p.datetime(3),
    actorId: p.uuid().nullable(),
    action: p.text().$type<AuditEvent['action']>(),
    subjectKind: p.text(),
    subjectId: p.uuid(),
    campaignId: p.uuid().nullable(),
    details: p.json().$type<AuditEvent['details']>(),
  },
  indexes: [
    { name: 'audit_events_campaign_id_at_index', properties: ['campaignId', 'at'] },
    { name: 'audit_events_actor_id_at_index', properties: ['actorId', 'at'] },
  ],
  checks: [
    {
      name: 'audit_events_action_check',
      expression: isOneOf('action', AUDIT_ACTIONS),
    },
    { name: 'audit_events_subject_kind_check', expression: `subject_kind ~ '^[a-z-]{1,32}$'` },
    { name: 'audit_events_details_check', expression: 'length(details::text) <= 1024' },
  ],
  triggers: [
    {
      name: 'append_only',
      timing: 'before',
      events: ['update', 'delete', 'truncate'],
      // Once a statement: also for the one that would touch no row.
      forEach: 'statement',
      body: `raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege';`,
    },
  ],
});

export function makeAuditEventRepository(database: Database): AuditEventRepository {
  const rows = makeTable(database, AuditEventRow);
  return { add: (event) => rows.insert(event) };
}
