import { Migration } from '@mikro-orm/migrations';

/** Not CONCURRENTLY: that waits for whoever else migrates, who waits for this. A million rows take a second. */
export class EndIdleSignIns extends Migration {
  override up(): void {
    this.addSql(`create index "sign_ins_over_index" on "sign_ins" (least("ended_at", "expires_at"));`);
    this.addSql(`create index "api_tokens_expires_at_index" on "api_tokens" ("expires_at");`);
    this.addSql(
      `update "sign_ins" set "expires_at" = "last_used_at" + interval '14 days' where "ended_at" is null and "expires_at" > "last_used_at" + interval '14 days';`,
    );
  }

  override down(): void {
    this.addSql(`drop index if exists "api_tokens_expires_at_index";`);
    this.addSql(`drop index if exists "sign_ins_over_index";`);
  }
}
