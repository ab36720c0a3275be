import { Migration } from '@mikro-orm/migrations';

export class CreateIdempotencyKeys extends Migration {
  override up(): void {
    this.addSql(
      `create table "idempotency_keys" ("user_id" uuid not null, "key" text not null, "operation" text not null, "request_hash" text not null, "answer" jsonb not null, "campaign_id" uuid null, "role" text null, "created_at" timestamptz(3) not null, primary key ("user_id", "key"));`,
    );
    this.addSql(`create index "idempotency_keys_created_at_index" on "idempotency_keys" ("created_at");`);
    this.addSql(
      `alter table "idempotency_keys" add constraint "idempotency_keys_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "idempotency_keys" add constraint "idempotency_keys_key_check" check (length(key) between 1 and 255);`,
    );
    this.addSql(
      `alter table "idempotency_keys" add constraint "idempotency_keys_role_check" check (role in ('owner', 'gm', 'player', 'viewer'));`,
    );
  }

  override down(): void {
    this.addSql(`drop table if exists "idempotency_keys" cascade;`);
  }
}
