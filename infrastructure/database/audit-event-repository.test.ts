import { expect } from 'chai';
import { openTestDatabase, testCluster } from '../../test/support/test-cluster.ts';
import { anAuditEvent } from '../contracts/builders.ts';
import { makeAuditEventRepository } from './audit-event-repository.ts';
import type { Database } from './database.ts';
import { ask } from '../../test/support/ask.ts';

describe('the audit events in the database', () => {
  let database: Database;

  before(async () => {
    database = await openTestDatabase(await (await testCluster()).migrated());
  });
  after(() => database.close());

  const outcomeOf = (statement: string): Promise<string> =>
    ask(database, statement).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it('refuse to be changed, deleted or truncated, one of them or none', async () => {
    const event = anAuditEvent();
    await makeAuditEventRepository(database).add(event);

    for (const statement of [
      `update audit_events set actor_id = null where id = '${event.id}'`,
      `delete from audit_events where id = '${event.id}'`,
      'delete from audit_events where false',
      'truncate audit_events',
      'truncate audit_events cascade',
      `insert into audit_events select * from audit_events on conflict (id) do update set actor_id = null`,
    ]) {
      expect(await outcomeOf(statement), statement).to.contain('audit_events is append-only');
    }
    const left = await ask<{ count: string }>(database, 'select count(*) from audit_events');
    expect(left[0]?.count).to.equal('1');
  });

  it('refuse details that are more than a few facts, and a subject that is no noun', async () => {
    const add = (values: Parameters<typeof anAuditEvent>[0]): Promise<string> =>
      makeAuditEventRepository(database)
        .add(anAuditEvent(values))
        .then(
          () => 'done',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );

    expect(await add({ details: { text: 'x'.repeat(1100) } })).to.contain('audit_events_details_check');
    expect(await add({ subjectKind: 'Anna Müller' })).to.contain('audit_events_subject_kind_check');
  });

  it('have the same guards in a database that is made of the row schemas', async () => {
    const fresh = await openTestDatabase(await (await testCluster()).empty());
    try {
      await fresh.schema.create();

      expect(await triggersOf(fresh)).to.deep.equal(await triggersOf(database));
    } finally {
      await fresh.close();
    }
  });
});

function triggersOf(database: Database): Promise<unknown> {
  return ask(
    database,
    `select pg_get_triggerdef(oid) as trigger, pg_get_functiondef(tgfoid) as function from pg_trigger where not tgisinternal order by 1`,
  );
}
