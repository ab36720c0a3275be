import { type Kysely, sql } from 'kysely';
import type { SignInQueries } from '../../core/auth/sign-in-queries.ts';
import type { Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepareText } from './prepared-statement.ts';
import type { ForViewer, Reader } from './reader.ts';
import type { SignInTables } from './sign-in-repository.ts';

interface Listed {
  readonly now: Date;
  /** When the sign-in before was last used, as text, and which that is. */
  readonly afterUsed: string | null;
  readonly afterId: string | null;
  readonly limit: number;
}

export function makeSignInQueries(database: Database, reader: Reader): SignInQueries {
  const live = prepareText(
    database,
    'select id from sign_ins where user_id = $1 and id = $2 and ended_at is null and expires_at > $3',
  );
  const listed = reader.prepare((tables: Kysely<SignInTables>, { has, of }: Values<Listed & ForViewer>) =>
    tables
      .selectFrom('sign_ins')
      .selectAll()
      .where('userId', '=', of('viewerId'))
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', of('now'))
      .$if(has('afterId'), (query) =>
        query.where(sql<boolean>`(last_used_at, id) < (${of('afterUsed')}::timestamptz, ${of('afterId')}::uuid)`),
      )
      .orderBy('lastUsedAt', 'desc')
      .orderBy('id', 'desc')
      .limit(of('limit')),
  );
  return {
    isLive: async (userId, id, now) => (await live(userId, id, now)).length > 0,
    list: async (viewer, now, page) => {
      const rows = await listed(viewer, {
        now,
        afterUsed: textAt(page.after, 0),
        afterId: textAt(page.after, 1),
        limit: page.limit + 1,
      });
      return toPage(rows, page, ({ lastUsedAt, id }) => [lastUsedAt.toISOString(), id]);
    },
  };
}
