import { Migration } from '@mikro-orm/migrations';

/** What each event brings along, and what that makes of the counters. */
const EVENTS = [
  ['insert', 'new table as added', [['added', '+']]],
  ['delete', 'old table as removed', [['removed', '-']]],
  [
    'update',
    'old table as removed new table as added',
    [
      ['added', '+'],
      ['removed', '-'],
    ],
  ],
] as const;

export class CountSessions extends Migration {
  override up(): void {
    this.addSql(
      `alter table "session_counters" add column "total" int not null default 0, add column "completed" int not null default 0;`,
    );
    for (const [event, tables, sides] of EVENTS) {
      const changes = sides.map(
        ([table, sign]) =>
          `select campaign_id, ${sign}count(*) as total, ${sign}count(*) filter (where status = 'completed') as completed from ${table} where deleted_at is null group by campaign_id`,
      );
      this.addSql(
        `create function "counts_sessions_on_${event}"() returns trigger language plpgsql as $$ begin update session_counters as counter set total = counter.total + change.total, completed = counter.completed + change.completed from (select campaign_id, sum(total) as total, sum(completed) as completed from (${changes.join(' union all ')}) as changes group by campaign_id) as change where counter.campaign_id = change.campaign_id and (change.total <> 0 or change.completed <> 0); return null; end $$;`,
      );
      // Writers of sessions wait from here on until this is committed, so that none is counted twice or not at all.
      this.addSql(
        `create trigger "counts_sessions_on_${event}" after ${event} on "sessions" referencing ${tables} for each statement execute function "counts_sessions_on_${event}"();`,
      );
    }
    this.addSql(
      `update "session_counters" as counter set total = held.total, completed = held.completed from (select campaign_id, count(*) as total, count(*) filter (where status = 'completed') as completed from sessions where deleted_at is null group by campaign_id) as held where counter.campaign_id = held.campaign_id;`,
    );
    // Not concurrently: that waits for whoever waits to migrate, and writers wait here anyway.
    this.addSql(
      `create index "sessions_by_status_and_date_index" on "sessions" ("campaign_id", "status", (coalesce("scheduled_date", 'infinity')), "session_number") where "deleted_at" is null;`,
    );
  }

  override down(): void {
    for (const [event] of EVENTS) {
      this.addSql(`drop trigger if exists "counts_sessions_on_${event}" on "sessions";`);
      this.addSql(`drop function if exists "counts_sessions_on_${event}"();`);
    }
    this.addSql(`drop index if exists "sessions_by_status_and_date_index";`);
    this.addSql(`alter table "session_counters" drop column "total", drop column "completed";`);
  }
}
