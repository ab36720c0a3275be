import { Migration } from '@mikro-orm/migrations';

export class CreateNpcs extends Migration {
  override up(): void {
    this.addSql(
      `create table "npcs" ("id" uuid not null, "campaign_id" uuid not null, "name" text not null, "tags" text[] not null, "visibility" text not null, "visible_to" uuid[] not null, "gm_notes" text null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, "version" int not null, "role" text null, "description" text null, "personality" text null, "motivations" text[] not null, "background" text null, "stats" jsonb null, "disposition" text not null, "status" text not null, "secrets" text null, primary key ("id"));`,
    );
    this.addSql(
      `create index "npcs_by_name_index" on "npcs" ("campaign_id", (lower("name")), "id") where "deleted_at" is null;`,
    );
    for (const [name, constraint] of [
      ['campaign_id_foreign', 'foreign key ("campaign_id") references "campaigns" ("id") on delete cascade'],
      ['name_check', 'check (length(name) between 1 and 255)'],
      ['visibility_check', "check (visibility in ('gm', 'party', 'chosen'))"],
      ['visible_to_check', "check (visibility = 'chosen' or cardinality(visible_to) = 0)"],
      ['role_check', 'check (length(role) <= 255)'],
      ['disposition_check', "check (disposition in ('friendly', 'neutral', 'hostile', 'unknown'))"],
      ['status_check', "check (status in ('alive', 'dead', 'missing', 'unknown'))"],
    ] as const) {
      this.addSql(`alter table "npcs" add constraint "npcs_${name}" ${constraint};`);
    }
    for (const text of ['gm_notes', 'description', 'personality', 'background', 'secrets']) {
      this.addSql(`alter table "npcs" add constraint "npcs_${text}_check" check (length(${text}) <= 100000);`);
    }
  }

  override down(): void {
    this.addSql(`drop table if exists "npcs" cascade;`);
  }
}
