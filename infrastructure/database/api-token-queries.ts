import type { Kysely } from 'kysely';
import type { ApiToken } from '../../core/auth/api-token.ts';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import type { ApiTokenTables } from './api-token-repository.ts';
import type { Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepareText } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';

interface Listed {
  /** The id of the token before. */
  readonly after: string | null;
  readonly limit: number;
}

export function makeApiTokenQueries(database: Database, reader: Reader): ApiTokenQueries {
  const from = 'from api_tokens token join users on users.id = token.user_id';
  const isLive = `users.status = 'active' and (expires_at is null or expires_at > $1)`;
  const live = prepareText<ApiToken>(
    database,
    `select token.id, user_id, name, scopes, prefix, token.created_at, expires_at ${from} where ${isLive} and hash = $2`,
  );
  const stillLive = prepareText(database, `select token.id ${from} where ${isLive} and token.id = $2 and user_id = $3`);
  const listed = reader.prepare((tables: Kysely<ApiTokenTables>, { has, of }: Values<Listed & ForViewer>) =>
    tables
      .selectFrom('api_tokens')
      .select(['id', 'userId', 'name', 'scopes', 'prefix', 'createdAt', 'expiresAt'])
      .where('userId', '=', of('viewerId'))
      .$if(has('after'), (query) => query.where('id', '<', of('after')))
      .orderBy('id', 'desc')
      .limit(of('limit')),
  );
  return {
    findLive: async (hash, now) => (await live(now, hash))[0] ?? null,
    isLive: async (userId, id, now) => (await stillLive(now, id, userId)).length > 0,
    list: async (viewer, page) => {
      const rows = await listed(viewer, {
        after: textAt(page.after, 0),
        limit: page.limit + 1,
      });
      return toPage(rows, page, ({ id }) => [id]);
    },
  };
}
