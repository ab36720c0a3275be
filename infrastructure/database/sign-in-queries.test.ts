import { expect } from 'chai';
import { v7 as uuid } from 'uuid';
import type { SignInQueries } from '../../core/auth/sign-in-queries.ts';
import type { SignIn } from '../../core/auth/sign-in.ts';
import { type QueryDatabase, openQueryDatabase, readToEnd, readsOf } from '../../test/support/query-database.ts';
import { actorOf } from '../contracts/builders.ts';
import { storedSignIn, storedUser } from '../contracts/stored.ts';
import { makeSignInQueries } from './sign-in-queries.ts';
import { ask } from '../../test/support/ask.ts';

const NOW = new Date('2027-03-10T19:00:00.123Z');
const at = (milliseconds: number): Date => new Date(NOW.getTime() + milliseconds);

describe('sign-in queries', () => {
  let stored: QueryDatabase;
  let queries: SignInQueries;
  before(async () => {
    stored = await openQueryDatabase();
    queries = makeSignInQueries(stored.database, stored.reader);
  });
  after(() => stored.database.close());

  const add = async (userId: string, values: Partial<SignIn> = {}): Promise<SignIn> =>
    (await storedSignIn(stored, { expiresAt: at(1000), ...values, userId })).signIn;

  it('know a sign-in that lives, of its own user, until the millisecond in which it expires', async () => {
    const [user, other] = [await storedUser(stored), await storedUser(stored)];
    const { id } = await add(user.id, { expiresAt: at(1) });
    expect(await queries.isLive(user.id, id, NOW)).to.equal(true);
    expect(await queries.isLive(user.id, id, at(1))).to.equal(false);
    expect(await queries.isLive(other.id, id, NOW)).to.equal(false);
    expect(await queries.isLive(user.id, uuid(), NOW)).to.equal(false);
  });

  it('know no sign-in that was ended', async () => {
    const user = await storedUser(stored);
    const { id } = await add(user.id, { endedAt: at(-1) });
    const { id: live } = await add(user.id);
    expect(await queries.isLive(user.id, id, NOW)).to.equal(false);
    await stored.signIns.end(live, NOW);
    expect(await queries.isLive(user.id, live, NOW)).to.equal(false);
  });

  it("list a user's own that live, last used first, with every field", async () => {
    const [user, other] = [await storedUser(stored), await storedUser(stored)];
    const early = await add(user.id, { lastUsedAt: at(-3), userAgent: null });
    const late = await add(user.id, { lastUsedAt: at(-1) });
    const middle = await add(user.id, { lastUsedAt: at(-2) });
    await add(user.id, { endedAt: at(-1) });
    await add(user.id, { expiresAt: NOW });
    await add(other.id);
    expect(await queries.list(actorOf(user.id), NOW, { limit: 10, after: null })).to.deep.equal({
      items: [late, middle, early],
      next: null,
    });
  });

  it('go on to the end in pages of any size, those last used at one moment too', async () => {
    const user = await storedUser(stored);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await add(user.id, { lastUsedAt: at(n < 3 ? -2 : -1) })).id);
    for (const limit of [1, 2, 3, 4, 5, 6]) {
      const read = await readToEnd(limit, (page) => queries.list(actorOf(user.id), NOW, page));
      expect(
        read.map(({ id }) => id),
        `by ${limit}`,
      ).to.deep.equal(ids);
    }
  });

  it('never read the whole table, which every request asks', async () => {
    const many = await openQueryDatabase({ connections: 1 });
    try {
      const user = await storedUser(many);
      const { signIn } = await storedSignIn(many, { userId: user.id, expiresAt: at(1000) });
      const { id: otherId } = await storedUser(many);
      await ask(
        many.database,
        `insert into sign_ins (id, user_id, created_at, last_used_at, expires_at)
         select gen_random_uuid(), $1, now(), now(), now() from generate_series(1, 5000)`,
        [otherId],
      );
      await ask(many.database, 'analyze');
      const measured = makeSignInQueries(many.database, many.reader);
      const alive = await readsOf(many.database, 'sign_ins', () => measured.isLive(user.id, signIn.id, NOW));
      expect(alive).to.deep.include({ sequentialScans: 0, entries: 1 });
      const listed = await readsOf(many.database, 'sign_ins', () =>
        measured.list(actorOf(user.id), NOW, { limit: 20, after: null }),
      );
      expect(listed).to.deep.equal({
        sequentialScans: 0,
        indexes: ['sign_ins_user_id_last_used_at_index'],
        entries: 1,
      });
    } finally {
      await many.database.close();
    }
  });
});
