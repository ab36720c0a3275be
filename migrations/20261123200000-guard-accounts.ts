import { Migration } from '@mikro-orm/migrations';

export class GuardAccounts extends Migration {
  override up(): void {
    this.addSql(`alter table "users" add column "status" text not null default 'active';`);
    this.addSql(`alter table "users" add constraint "users_status_check" check (status in ('active', 'suspended'));`);

    this.addSql(
      `create table "api_tokens" ("id" uuid not null, "user_id" uuid not null, "name" text not null, "hash" text not null, "scopes" text[] not null, "prefix" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "api_tokens_user_id_index" on "api_tokens" ("user_id", "id");`);
    this.addSql(`alter table "api_tokens" add constraint "api_tokens_hash_unique" unique ("hash");`);
    this.addSql(
      `alter table "api_tokens" add constraint "api_tokens_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "api_tokens" add constraint "api_tokens_name_check" check (length(name) between 1 and 255);`,
    );
    this.addSql(
      `alter table "api_tokens" add constraint "api_tokens_scopes_check" check (cardinality(scopes) > 0 and scopes <@ array['campaigns:read', 'campaigns:write', 'sessions:read', 'sessions:write', 'world:read', 'world:write']);`,
    );
  }

  override down(): void {
    this.addSql(`drop table if exists "api_tokens" cascade;`);
    this.addSql(`alter table "users" drop column "status";`);
  }
}
