import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * The processes that keep something, and when each last began a lease. Not an advisory lock, which would be gone with its
 * connection while the holder, which has not noticed yet, still relies on what it keeps.
 */
export const ChangeHolderRow = defineEntity({
  name: 'ChangeHolderRow',
  tableName: 'change_holders',
  properties: { id: p.uuid().primary(), seen_at: p.datetime(3) },
});
