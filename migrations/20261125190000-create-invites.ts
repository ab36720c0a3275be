import { Migration } from '@mikro-orm/migrations';

export class CreateInvites extends Migration {
  override up(): void {
    this.addSql(
      `create table "invites" ("id" uuid not null, "campaign_id" uuid not null, "hash" text not null, "role" text not null, "created_by" uuid not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "max_uses" int null, "uses" int not null, primary key ("id"));`,
    );
    this.addSql(`create index "invites_campaign_id_index" on "invites" ("campaign_id", "id");`);
    for (const [name, constraint] of [
      ['hash_unique', 'unique ("hash")'],
      ['campaign_id_foreign', 'foreign key ("campaign_id") references "campaigns" ("id") on delete cascade'],
      ['created_by_foreign', 'foreign key ("created_by") references "users" ("id") on delete cascade'],
      ['role_check', "check (role in ('gm', 'player', 'viewer'))"],
      ['uses_check', 'check (uses >= 0 and (max_uses is null or uses <= max_uses))'],
    ] as const) {
      this.addSql(`alter table "invites" add constraint "invites_${name}" ${constraint};`);
    }
    this.addSql(
      `create table "invite_uses" ("invite_id" uuid not null, "user_id" uuid not null, primary key ("invite_id", "user_id"));`,
    );
    this.addSql(
      `alter table "invite_uses" add constraint "invite_uses_invite_id_foreign" foreign key ("invite_id") references "invites" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "invite_uses" add constraint "invite_uses_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }

  override down(): void {
    this.addSql(`drop table if exists "invite_uses" cascade;`);
    this.addSql(`drop table if exists "invites" cascade;`);
  }
}
