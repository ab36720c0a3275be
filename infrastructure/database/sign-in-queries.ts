import { type SignInQueries } from '../../core/auth/sign-in-queries.ts';
import { type Database } from './database.ts';
import { textAt, toPage } from './keyset.ts';
import { type SignInTables, toSignIn } from './sign-in-repository.ts';

export function makeSignInQueries(database: Database): SignInQueries {
  const live = (userId: string, now: Date) =>
    database
      .em()
      .getKysely<SignInTables>()
      .selectFrom('sign_ins')
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', now);
  return {
    isLive: async (userId, signInId, now) =>
      (await live(userId, now).where('id', '=', signInId).select('id').executeTakeFirst()) !== undefined,
    list: async (userId, now, page) => {
      const rows = await live(userId, now)
        .selectAll()
        .$if(page.after !== null, (query) =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(
              refTuple('last_used_at', 'id'),
              '<',
              tuple(new Date(textAt(page.after ?? [], 0)), textAt(page.after ?? [], 1)),
            ),
          ),
        )
        .orderBy('last_used_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1)
        .execute();
      return toPage(rows, page, toSignIn, (row) => [row.last_used_at.toISOString(), row.id]);
    },
  };
}
