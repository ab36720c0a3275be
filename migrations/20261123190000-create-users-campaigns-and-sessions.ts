import { Migration } from '@mikro-orm/migrations';

export class CreateUsersCampaignsAndSessions extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "users" ("id" uuid not null, "email" text not null, "username" text not null, "username_key" text not null, "password_hash" text not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "version" int not null, primary key ("id"));`,
    );
    this.addSql(`alter table "users" add constraint "users_email_unique" unique ("email");`);
    this.addSql(`alter table "users" add constraint "users_username_unique" unique ("username_key");`);

    this.addSql(
      `create table "sign_ins" ("id" uuid not null, "user_id" uuid not null, "created_at" timestamptz(3) not null, "last_used_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "user_agent" text null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "sign_ins_user_id_last_used_at_index" on "sign_ins" ("user_id", "last_used_at", "id");`);

    this.addSql(
      `create table "refresh_tokens" ("hash" text not null, "sign_in_id" uuid not null, "rotated_at" timestamptz(3) null, "successor_hash" text null, primary key ("hash"));`,
    );
    this.addSql(`create index "refresh_tokens_sign_in_id_index" on "refresh_tokens" ("sign_in_id");`);

    this.addSql(
      `create table "campaigns" ("id" uuid not null, "name" text not null, "description" text null, "setting" text null, "theme" text null, "tone" text null, "system" text null, "player_count" int not null, "party_level" int not null, "status" text not null, "owner_id" uuid not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, "version" int not null, primary key ("id"));`,
    );
    this.addSql(`create index "campaigns_owner_id_index" on "campaigns" ("owner_id");`);

    this.addSql(
      `create table "sessions" ("id" uuid not null, "campaign_id" uuid not null, "session_number" int not null, "title" text not null, "description" text null, "gm_notes" text null, "scheduled_date" timestamptz(3) null, "time_zone" text not null, "duration_minutes" int null, "status" text not null, "started_at" timestamptz(3) null, "completed_date" timestamptz(3) null, "cancelled_reason" text null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "deleted_at" timestamptz(3) null, "version" int not null, primary key ("id"));`,
    );
    this.addSql(
      `create index "sessions_by_date_index" on "sessions" ("campaign_id", (coalesce("scheduled_date", 'infinity')), "session_number") where "deleted_at" is null;`,
    );
    this.addSql(
      `create index "sessions_by_status_index" on "sessions" ("campaign_id", "status", "session_number") where "deleted_at" is null;`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_number_unique" unique ("campaign_id", "session_number");`,
    );

    this.addSql(
      `create table "session_results" ("session_id" uuid not null, "campaign_id" uuid not null, "summary" text null, "events" text[] not null, "player_decisions" text[] not null, "npc_interactions" jsonb not null, "world_changes" text[] not null, "unfinished_threads" text[] not null, "xp_awarded" int not null, "loot_awarded" text[] not null, "death_count" int not null, "duration_minutes" int null, "mood" text null, "gm_summary" text null, "captured_at" timestamptz(3) not null, primary key ("session_id"));`,
    );
    this.addSql(`create index "session_results_campaign_id_index" on "session_results" ("campaign_id");`);

    this.addSql(
      `create table "session_counters" ("campaign_id" uuid not null, "last" int not null, primary key ("campaign_id"));`,
    );

    this.addSql(
      `create table "members" ("campaign_id" uuid not null, "user_id" uuid not null, "role" text not null, "joined_at" timestamptz(3) not null, primary key ("campaign_id", "user_id"));`,
    );
    this.addSql(`create index "members_user_id_campaign_id_index" on "members" ("user_id", "campaign_id");`);

    this.addSql(`alter table "users" add constraint "users_email_check" check (length(email) between 3 and 255);`);
    this.addSql(`alter table "users" add constraint "users_username_check" check (length(username) between 3 and 32);`);

    this.addSql(
      `alter table "sign_ins" add constraint "sign_ins_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`alter table "sign_ins" add constraint "sign_ins_user_agent_check" check (length(user_agent) <= 255);`);

    this.addSql(
      `alter table "refresh_tokens" add constraint "refresh_tokens_sign_in_id_foreign" foreign key ("sign_in_id") references "sign_ins" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "refresh_tokens" add constraint "refresh_tokens_rotated_check" check ((rotated_at is null) = (successor_hash is null));`,
    );

    this.addSql(
      `alter table "campaigns" add constraint "campaigns_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on update no action on delete restrict;`,
    );
    this.addSql(
      `alter table "campaigns" add constraint "campaigns_name_check" check (length(name) between 1 and 255);`,
    );
    this.addSql(
      `alter table "campaigns" add constraint "campaigns_description_check" check (length(description) <= 100000);`,
    );
    this.addSql(
      `alter table "campaigns" add constraint "campaigns_player_count_check" check (player_count between 1 and 20);`,
    );
    this.addSql(
      `alter table "campaigns" add constraint "campaigns_party_level_check" check (party_level between 1 and 30);`,
    );
    this.addSql(
      `alter table "campaigns" add constraint "campaigns_status_check" check (status in ('active', 'paused', 'completed', 'archived'));`,
    );

    this.addSql(
      `alter table "sessions" add constraint "sessions_campaign_id_foreign" foreign key ("campaign_id") references "campaigns" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_number_check" check (session_number between 1 and 1000000);`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_title_check" check (length(title) between 1 and 255);`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_description_check" check (length(description) <= 100000);`,
    );
    this.addSql(`alter table "sessions" add constraint "sessions_gm_notes_check" check (length(gm_notes) <= 100000);`);
    this.addSql(`alter table "sessions" add constraint "sessions_duration_check" check (duration_minutes > 0);`);
    this.addSql(
      `alter table "sessions" add constraint "sessions_status_check" check (status in ('planned', 'in_progress', 'completed', 'cancelled'));`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_completed_check" check ((status = 'completed') = (completed_date is not null));`,
    );

    this.addSql(
      `alter table "session_results" add constraint "session_results_session_id_foreign" foreign key ("session_id") references "sessions" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "session_results" add constraint "session_results_campaign_id_foreign" foreign key ("campaign_id") references "campaigns" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`alter table "session_results" add constraint "session_results_xp_check" check (xp_awarded >= 0);`);
    this.addSql(
      `alter table "session_results" add constraint "session_results_deaths_check" check (death_count >= 0);`,
    );
    this.addSql(
      `alter table "session_results" add constraint "session_results_duration_check" check (duration_minutes > 0);`,
    );
    this.addSql(
      `alter table "session_results" add constraint "session_results_mood_check" check (mood in ('intense', 'comedic', 'dramatic', 'mixed'));`,
    );

    this.addSql(
      `alter table "session_counters" add constraint "session_counters_campaign_id_foreign" foreign key ("campaign_id") references "campaigns" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`alter table "session_counters" add constraint "session_counters_last_check" check (last >= 0);`);

    this.addSql(
      `alter table "members" add constraint "members_campaign_id_foreign" foreign key ("campaign_id") references "campaigns" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "members" add constraint "members_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "members" add constraint "members_role_check" check (role in ('owner', 'gm', 'player', 'viewer'));`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "sign_ins" drop constraint "sign_ins_user_id_foreign";`);
    this.addSql(`alter table "campaigns" drop constraint "campaigns_owner_id_foreign";`);
    this.addSql(`alter table "members" drop constraint "members_user_id_foreign";`);
    this.addSql(`alter table "refresh_tokens" drop constraint "refresh_tokens_sign_in_id_foreign";`);
    this.addSql(`alter table "sessions" drop constraint "sessions_campaign_id_foreign";`);
    this.addSql(`alter table "session_results" drop constraint "session_results_campaign_id_foreign";`);
    this.addSql(`alter table "session_counters" drop constraint "session_counters_campaign_id_foreign";`);
    this.addSql(`alter table "members" drop constraint "members_campaign_id_foreign";`);
    this.addSql(`alter table "session_results" drop constraint "session_results_session_id_foreign";`);

    this.addSql(`drop table if exists "users" cascade;`);
    this.addSql(`drop table if exists "sign_ins" cascade;`);
    this.addSql(`drop table if exists "refresh_tokens" cascade;`);
    this.addSql(`drop table if exists "campaigns" cascade;`);
    this.addSql(`drop table if exists "sessions" cascade;`);
    this.addSql(`drop table if exists "session_results" cascade;`);
    this.addSql(`drop table if exists "session_counters" cascade;`);
    this.addSql(`drop table if exists "members" cascade;`);
  }
}
