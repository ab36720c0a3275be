import { type Kysely, sql } from 'kysely';
import type { SignInQueries } from '../../core/auth/sign-in-queries.ts';
import { claimedBy } from '../../core/shared/actor.ts';
import type { Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type Values, prepare } from './prepared-statement.ts';
import type { Reader } from './reader.ts';
import type { SignInTables } from './sign-in-repository.ts';

interface Live {
  readonly userId: string;
  readonly now: Date;
}

interface Listed extends Live {
  /** When the sign-in before was last used, as text, and which that is. */
  readonly afterUsed: string | null;
  readonly afterId: string | null;
  readonly limit: number;
}

export function makeSignInQueries(database: Database, reader: Reader): SignInQueries {
  const one = prepare(database, (tables: Kysely<SignInTables>, values: Values<Live & { readonly id: string }>) =>
    live(tables, values).where('id', '=', values.of('id')).select('id'),
  );
  const listed = reader.prepare((tables: Kysely<SignInTables>, values: Values<Listed>) =>
    live(tables, values)
      .selectAll()
      .$if(values.has('afterId'), (query) =>
        query.where(
          sql<boolean>`(last_used_at, id) < (${values.of('afterUsed')}::timestamptz, ${values.of('afterId')}::uuid)`,
        ),
      )
      .orderBy('lastUsedAt', 'desc')
      .orderBy('id', 'desc')
      .limit(values.of('limit')),
  );
  return {
    isLive: async (userId, id, now) => (await one({ userId, id, now })).length > 0,
    list: async (viewer, now, page) => {
      const rows = await listed(viewer, {
        userId: claimedBy(viewer).userId,
        now,
        afterUsed: page.after === null ? null : textAt(page.after, 0),
        afterId: page.after === null ? null : textAt(page.after, 1),
        limit: page.limit + 1,
      });
      return toPage(rows, page, ({ lastUsedAt, id }) => [lastUsedAt.toISOString(), id]);
    },
  };
}

function live(tables: Kysely<SignInTables>, { of }: Values<Live>) {
  return tables
    .selectFrom('sign_ins')
    .where('userId', '=', of('userId'))
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', of('now'));
}
