import { Migration } from '@mikro-orm/migrations';

export class KeepAuditEvents extends Migration {
  override up(): void {
    this.addSql(
      `create table "audit_events" ("id" uuid not null, "at" timestamptz(3) not null, "actor_id" uuid null, "action" text not null, "subject_kind" text not null, "subject_id" uuid not null, "campaign_id" uuid null, "details" jsonb not null, primary key ("id"));`,
    );
    this.addSql(`create index "audit_events_campaign_id_at_index" on "audit_events" ("campaign_id", "at");`);
    this.addSql(`create index "audit_events_actor_id_at_index" on "audit_events" ("actor_id", "at");`);
    this.addSql(
      `alter table "audit_events" add constraint "audit_events_action_check" check (action in ('created', 'changed', 'reset', 'begun', 'ended', 'reused', 'revoked', 'removed', 'deleted', 'restored', 'suspended', 'activated'));`,
    );
    this.addSql(
      `alter table "audit_events" add constraint "audit_events_subject_kind_check" check (subject_kind ~ '^[a-z-]{1,32}$');`,
    );
    this.addSql(
      `alter table "audit_events" add constraint "audit_events_details_check" check (length(details::text) <= 1024);`,
    );

    this.addSql(
      `create or replace function "audit_events_append_only_fn"() returns trigger as $$ begin raise exception 'audit_events is append-only' using errcode = 'insufficient_privilege'; end; $$ language plpgsql;`,
    );
    this.addSql(
      `create trigger "append_only" before update or delete or truncate on "audit_events" for each statement execute function "audit_events_append_only_fn"();`,
    );
  }

  override down(): void {
    this.addSql(`drop table if exists "audit_events" cascade;`);
    this.addSql(`drop function if exists "audit_events_append_only_fn"();`);
  }
}
