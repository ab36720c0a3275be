import { Migration } from '@mikro-orm/migrations';
import { searchKey } from '../core/shared/search-key.ts';
import { fillColumn } from '../infrastructure/database/fill-column.ts';

/**
 * What a server of the version before adds beside this one has no key, and is found by its small letters; what it renames
 * keeps the key of its former name. Both until the next change.
 */
export class FindNamesByKey extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override async up(): Promise<void> {
    for (const [table, from] of [
      ['campaigns', 'name'],
      ['sessions', 'title'],
      ['npcs', 'name'],
    ] as const) {
      await this.execute(`alter table "${table}" add column if not exists "search_key" text null;`);
      await fillColumn<string>(this, { table, column: 'search_key', type: 'text', from, make: searchKey });
    }
    await this.execute(`alter table "npcs" add column if not exists "tag_keys" text[] null;`);
    await fillColumn<readonly string[]>(this, {
      ...{ table: 'npcs', column: 'tag_keys', type: 'text[]', from: 'tags' },
      make: (tags) => tags.map(searchKey),
    });
  }

  override async down(): Promise<void> {
    for (const table of ['campaigns', 'sessions', 'npcs']) {
      await this.execute(`alter table "${table}" drop column if exists "search_key";`);
    }
    await this.execute(`alter table "npcs" drop column if exists "tag_keys";`);
  }
}
