import { Migration } from '@mikro-orm/migrations';

/** A server of the version before leaves the column alone: a campaign that it makes is in UTC, as its sessions were. */
export class AddCampaignTimeZones extends Migration {
  override up(): void {
    this.addSql(`alter table "campaigns" add column "time_zone" text not null default 'UTC';`);
  }

  override down(): void {
    this.addSql(`alter table "campaigns" drop column "time_zone";`);
  }
}
