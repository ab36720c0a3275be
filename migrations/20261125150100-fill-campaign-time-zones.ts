import { Migration } from '@mikro-orm/migrations';

/**
 * What was planned so far says best where a campaign is played. Apart from adding the column, so that nobody waits for
 * the table meanwhile.
 */
export class FillCampaignTimeZones extends Migration {
  override up(): void {
    this.addSql(`
      update "campaigns" set "time_zone" = newest."time_zone"
      from (select distinct on ("campaign_id") "campaign_id", "time_zone" from "sessions"
        order by "campaign_id", "session_number" desc) as newest
      where newest."campaign_id" = "campaigns"."id" and "campaigns"."time_zone" = 'UTC'
        and newest."time_zone" like '%/%';
    `);
  }

  override down(): void {
    // The column goes with its values, by the migration before.
  }
}
