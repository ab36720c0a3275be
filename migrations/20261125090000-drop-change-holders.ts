import { Migration } from '@mikro-orm/migrations';

export class DropChangeHolders extends Migration {
  override up(): void {
    this.addSql(`drop table if exists "change_holders" cascade;`);
  }

  override down(): void {
    this.addSql(
      `create table "change_holders" ("id" uuid not null, "seen_at" timestamptz(3) not null, primary key ("id"));`,
    );
  }
}
