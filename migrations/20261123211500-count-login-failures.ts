import { Migration } from '@mikro-orm/migrations';

export class CountLoginFailures extends Migration {
  override up(): void {
    this.addSql(
      `create table "login_failures" ("account_key" text not null, "address_key" text not null, "failures" int not null, "last_failed_at" timestamptz(3) not null, primary key ("account_key", "address_key"));`,
    );
    this.addSql(`create index "login_failures_address_key_index" on "login_failures" ("address_key");`);
    this.addSql(`create index "login_failures_last_failed_at_index" on "login_failures" ("last_failed_at");`);
    this.addSql(`alter table "login_failures" add constraint "login_failures_failures_check" check (failures > 0);`);
  }

  override down(): void {
    this.addSql(`drop table if exists "login_failures" cascade;`);
  }
}
