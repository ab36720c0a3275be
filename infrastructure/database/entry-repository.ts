import type { EntitySchema } from '@mikro-orm/postgresql';
import { notFound } from '../../core/shared/errors.ts';
import { searchKey } from '../../core/shared/search-key.ts';
import type { Entry } from '../../core/world/entry.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import { campaignTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { SEEN } from './entry-visibility.ts';
import { prepareText } from './prepared-statement.ts';
import type { Quotas } from './quotas.ts';
import { entityColumns } from './search-column.ts';
import { type Table, makeTable } from './table.ts';

/** What an entry is found by. */
interface Keys {
  readonly searchKey: string;
  readonly tagKeys: readonly string[];
}

/** Of the noun that the row schema is of. */
export function makeEntryRepository<E extends Entry>(
  database: Database,
  schema: EntitySchema & { readonly name: string },
  quotas: Quotas,
): EntryRepository<E> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the schema's properties are the noun's fields
  const rows = makeTable(database, schema) as unknown as Table<Entry & Keys>;
  const locked = prepareText<E>(
    database,
    `select ${entityColumns(database, schema, 'entry')} from "${schema.tableName}" as entry
    join campaigns on campaigns.id = entry.campaign_id and campaigns.deleted_at is null
    join members on members.campaign_id = entry.campaign_id
    where members.user_id = $1 and entry.id = $2 and ${SEEN} for no key update of entry`,
  );
  const changed = ({ campaignId }: Entry): Promise<void> => database.changed(campaignTag(campaignId));
  return {
    add: async (entry) => {
      await rows.insert(keyed(entry));
      await quotas.bytes(entry.campaignId);
      await changed(entry);
    },
    save: async (entry) => {
      await rows.save(keyed(entry));
      await quotas.bytes(entry.campaignId);
      await changed(entry);
    },
    getForUpdate: async (userId, id) => {
      const [entry] = await locked(userId, id);
      if (entry === undefined) throw notFound();
      return entry;
    },
  };
}

function keyed(entry: Entry): Entry & Keys {
  return { ...entry, searchKey: searchKey(entry.name), tagKeys: entry.tags.map(searchKey) };
}
