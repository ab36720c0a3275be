import type { Kysely } from 'kysely';
import type { ApiTokenQueries } from '../../core/auth/api-token-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import { API_TOKEN, type ApiTokenTables } from './api-token-repository.ts';
import type { Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepare } from './prepared-statement.ts';
import type { Reader } from './reader.ts';

interface Live {
  readonly hash: string;
  readonly now: Date;
}

interface Listed {
  readonly viewerId: string;
  /** The id of the token before. */
  readonly after: string | null;
  readonly limit: number;
}

export function makeApiTokenQueries(database: Database, reader: Reader): ApiTokenQueries {
  const live = prepare(database, (tables: Kysely<ApiTokenTables>, { of }: Values<Live>) =>
    tables
      .selectFrom('api_tokens')
      .innerJoin('users', 'users.id', 'api_tokens.userId')
      .select(API_TOKEN)
      .where('api_tokens.hash', '=', of('hash'))
      .where('users.status', '=', 'active')
      .where(({ or, eb }) => or([eb('api_tokens.expiresAt', 'is', null), eb('api_tokens.expiresAt', '>', of('now'))])),
  );
  const listed = reader.prepare((tables: Kysely<ApiTokenTables>, { has, of }: Values<Listed>) =>
    tables
      .selectFrom('api_tokens')
      .select(API_TOKEN)
      .where('userId', '=', of('viewerId'))
      .$if(has('after'), (query) => query.where('id', '<', of('after')))
      .orderBy('id', 'desc')
      .limit(of('limit')),
  );
  return {
    findLive: async (hash, now) => (await live({ hash, now }))[0] ?? null,
    list: async (viewer, page) => {
      const rows = await listed(viewer, {
        viewerId: claimedBy(viewer).userId,
        after: page.after === null ? null : textAt(page.after, 0),
        limit: page.limit + 1,
      });
      return toPage(rows, page, ({ id }) => [id]);
    },
  };
}
