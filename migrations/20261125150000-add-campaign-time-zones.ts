import { Migration } from '@mikro-orm/migrations';

/** A server of the version before leaves the column alone: a campaign that it makes is in UTC, as its sessions were. */
export class AddCampaignTimeZones extends Migration {
  override up(): void {
    this.addSql(`alter table "campaigns" add column "time_zone" text not null default 'UTC';`);
    // What was planned so far says best where a campaign is played.
    this.addSql(`
      update "campaigns" set "time_zone" = newest."time_zone"
      from (select distinct on ("campaign_id") "campaign_id", "time_zone" from "sessions"
        order by "campaign_id", "session_number" desc) as newest
      where newest."campaign_id" = "campaigns"."id" and newest."time_zone" like '%/%';
    `);
  }

  override down(): void {
    this.addSql(`alter table "campaigns" drop column "time_zone";`);
  }
}
