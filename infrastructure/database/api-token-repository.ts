import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareText } from './prepared-statement.ts';
import { type TablesOf, isBetween } from './row-schema.ts';
import { makeTable } from './table.ts';
import { UserRow } from './user-repository.ts';

export const ApiTokenRow = defineEntity({
  name: 'ApiTokenRow',
  tableName: 'api_tokens',
  properties: {
    id: p.uuid().primary(),
    userId: () => p.manyToOne(UserRow).mapToPk().deleteRule('cascade').updateRule('no action'),
    name: p.text(),
    hash: p.text(),
    scopes: p.array().$type<ApiToken['scopes'][number][]>(),
    prefix: p.text(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'api_tokens_hash_unique', properties: ['hash'] }],
  indexes: [
    { name: 'api_tokens_user_id_index', properties: ['userId', 'id'] },
    { name: 'api_tokens_expires_at_index', properties: ['expiresAt'] },
  ],
  checks: [
    { name: 'api_tokens_name_check', expression: isBetween('length(name)', 1, 255) },
    {
      name: 'api_tokens_scopes_check',
      expression: `cardinality(scopes) > 0 and scopes <@ array[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]`,
    },
  ],
});

export type ApiTokenTables = TablesOf<typeof ApiTokenRow>;

/** More than are added in that time, and few enough not to be felt. */
const PRUNED_AT_ONCE = 20;

export function makeApiTokenRepository(database: Database): ApiTokenRepository {
  const tokens = makeTable(database, ApiTokenRow);
  const lock = prepareText(database, 'select id from users where id = $1 for no key update');
  const count = prepareText<{ readonly count: number }>(
    database,
    `select count(*)::integer as count from api_tokens
    where user_id = $1 and (expires_at is null or expires_at > $2)`,
  );
  const remove = prepareText(database, 'delete from api_tokens where user_id = $1 and id = $2 returning id');
  const removeAll = prepareText(database, 'delete from api_tokens where user_id = $1');
  const prune = prepareText(
    database,
    `delete from api_tokens where id in (
      select id from api_tokens where expires_at <= $1 order by expires_at limit $2 for update skip locked
    )`,
  );
  return {
    add: (token, hash) => tokens.insert({ ...token, hash }),
    countForUpdate: async (userId, now) => {
      await lock(userId);
      return (await count(userId, now))[0]?.count ?? 0;
    },
    remove: async (userId, id) => {
      const removed = await remove(userId, id);
      if (removed.length > 0) await database.changed(userTag(userId));
      return removed.length > 0;
    },
    removeAll: async (userId) => {
      await removeAll(userId);
      await database.changed(userTag(userId));
    },
    prune: async (now) => {
      await prune(now, PRUNED_AT_ONCE);
    },
  };
}
