import type { EntitySchema } from '@mikro-orm/postgresql';
import { notFound } from '../../core/shared/errors.ts';
import type { Entry } from '../../core/world/entry.ts';
import type { EntryRepository } from '../../core/world/entry-repository.ts';
import { campaignTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { SEEN } from './entry-visibility.ts';
import { prepareText } from './prepared-statement.ts';
import type { Quotas } from './quotas.ts';
import { type Table, makeTable } from './table.ts';

/** Of the noun that the row schema is of. */
export function makeEntryRepository<E extends Entry>(
  database: Database,
  schema: EntitySchema & { readonly name: string },
  quotas: Quotas,
): EntryRepository<E> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the schema's properties are the noun's fields
  const rows = makeTable(database, schema) as unknown as Table<Entry>;
  const locked = prepareText<E>(
    database,
    `select entry.* from "${schema.tableName}" as entry
    join campaigns on campaigns.id = entry.campaign_id and campaigns.deleted_at is null
    join members on members.campaign_id = entry.campaign_id
    where members.user_id = $1 and entry.id = $2 and ${SEEN} for no key update of entry`,
  );
  const changed = ({ campaignId }: Entry): Promise<void> => database.changed(campaignTag(campaignId));
  return {
    add: async (entry) => {
      await rows.insert(entry);
      await quotas.bytes(entry.campaignId);
      await changed(entry);
    },
    save: async (entry) => {
      await rows.save(entry);
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
