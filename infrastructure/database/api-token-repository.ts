import { type InferKyselyDB, defineEntity, p } from '@mikro-orm/postgresql';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenRepository } from '../../core/auth/api-token-repository.ts';
import { SCOPES } from '../../core/shared/actor.ts';
import { userTag } from './change-feed/tag.ts';
import type { Database } from './database.ts';
import { prepareInsert } from './row-statements.ts';
import { textArray } from './text-array.ts';
import { UserRow } from './user-repository.ts';

export const ApiTokenRow = defineEntity({
  name: 'ApiTokenRow',
  tableName: 'api_tokens',
  properties: {
    id: p.uuid().primary(),
    user_id: () => p.manyToOne(UserRow).mapToPk().fieldName('user_id').deleteRule('cascade').updateRule('no action'),
    name: p.text(),
    hash: p.text(),
    scopes: p.array().$type<ApiToken['scopes'][number][]>(),
    prefix: p.text(),
    created_at: p.datetime(3),
    expires_at: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'api_tokens_hash_unique', properties: ['hash'] }],
  indexes: [{ name: 'api_tokens_user_id_index', properties: ['user_id', 'id'] }],
  checks: [
    { name: 'api_tokens_name_check', expression: 'length(name) >= 1 and length(name) <= 255' },
    {
      name: 'api_tokens_scopes_check',
      expression: `cardinality(scopes) > 0 and scopes <@ array[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]`,
    },
  ],
});

export type ApiTokenTables = InferKyselyDB<typeof ApiTokenRow | typeof UserRow>;

export function makeApiTokenRepository(database: Database): ApiTokenRepository {
  const insert = prepareInsert<ApiTokenTables['api_tokens']>(database, ApiTokenRow);
  const tables = () => database.tables<ApiTokenTables>();
  return {
    add: async (token, hash) => {
      await insert({
        id: token.id,
        user_id: token.userId,
        name: token.name,
        hash,
        scopes: textArray(token.scopes),
        prefix: token.prefix,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
      });
    },
    countForUpdate: async (userId) => {
      await tables().selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute();
      const { count } = await tables()
        .selectFrom('api_tokens')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    remove: async (userId, id) => {
      const { numDeletedRows: removed } = await tables()
        .deleteFrom('api_tokens')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow();
      if (removed > 0n) await database.changed(userTag(userId));
      return removed === 1n;
    },
  };
}

export function toApiToken(row: Omit<ApiTokenTables['api_tokens'], 'hash'>): ApiToken {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: row.scopes,
    prefix: row.prefix,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
