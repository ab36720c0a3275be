import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import { AUDIT_ACTIONS, type AuditEvent } from '../../core/audit/audit-event.ts';
import type { AuditEventRepository } from '../../core/audit/audit-event-repository.ts';
import type { Database } from './database.ts';
import { prepareInsert } from './row-statements.ts';

/** Without foreign keys: history outlives those that it tells of. */
export const AuditEventRow = defineEntity({
  name: 'AuditEventRow',
  tableName: 'audit_events',
  properties: {
    id: p.uuid().primary(),
    at: p.datetime(3),
    actor_id: p.uuid().nullable(),
    action: p.text().$type<AuditEvent['action']>(),
    subject_kind: p.text(),
    subject_id: p.uuid(),
    campaign_id: p.uuid().nullable(),
    details: p.json().$type<AuditEvent['details']>(),
  },
  indexes: [
    { name: 'audit_events_campaign_id_at_index', properties: ['campaign_id', 'at'] },
    { name: 'audit_events_actor_id_at_index', properties: ['actor_id', 'at'] },
  ],
  checks: [
    {
      name: 'audit_events_action_check',
      expression: `action in (${AUDIT_ACTIONS.map((action) => `'${action}'`).join(', ')})`,
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

export type AuditEventTables = InferKyselyDB<typeof AuditEventRow>;

export function makeAuditEventRepository(database: Database): AuditEventRepository {
  const insert = prepareInsert<AuditEventTables['audit_events']>(database, AuditEventRow);
  return {
    add: (event) =>
      insert({
        id: event.id,
        at: event.at,
        actor_id: event.actorId,
        action: event.action,
        subject_kind: event.subjectKind,
        subject_id: event.subjectId,
        campaign_id: event.campaignId,
        details: JSON.stringify(event.details),
      }),
  };
}
