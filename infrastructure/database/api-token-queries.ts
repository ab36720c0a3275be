import { type ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import { type ApiTokenTables, toApiToken } from './api-token-repository.ts';
import { type Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';

export function makeApiTokenQueries(database: Database): ApiTokenQueries {
  const tables = () => database.em().getKysely<ApiTokenTables>();
  return {
    findLive: async (hash, now) => {
      const row = await tables()
        .selectFrom('api_tokens')
        .innerJoin('users', 'users.id', 'api_tokens.user_id')
        .selectAll('api_tokens')
        .where('api_tokens.hash', '=', hash)
        .where('users.status', '=', 'active')
        .where(({ or, eb }) => or([eb('api_tokens.expires_at', 'is', null), eb('api_tokens.expires_at', '>', now)]))
        .executeTakeFirst();
      return row === undefined ? null : toApiToken(row);
    },
    list: async (userId, page) => {
      const rows = await tables()
        .selectFrom('api_tokens')
        .selectAll()
        .where('user_id', '=', userId)
        .$if(page.after !== null, (query) => query.where('id', '<', textAt(page.after ?? [], 0)))
        .orderBy('id', 'desc')
        .limit(page.limit + 1)
        .execute();
      return toPage(rows, page, toApiToken, (row) => [row.id]);
    },
  };
}
