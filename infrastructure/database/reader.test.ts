import { expect } from 'chai';
import type { Kysely } from 'kysely';
import { v7 as uuid } from 'uuid';
import type { Viewer } from '../../core/shared/actor.ts';
import { type QueryDatabase, openQueryDatabase } from '../../test/support/query-database.ts';
import { actorOf } from '../contracts/builders.ts';
import { codeOf } from '../contracts/fault-of.ts';
import { storedSignIn, storedUser } from '../contracts/stored.ts';
import type { Values } from './prepared-statement.ts';
import { type Reader, makeReader } from './reader.ts';
import type { UserTables } from './user-repository.ts';

const NOW = new Date('2027-03-10T19:00:00.000Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('what is read for somebody', () => {
  let stored: QueryDatabase;
  let reader: Reader;
  before(async () => {
    stored = await openQueryDatabase();
    reader = makeReader({ database: stored.database, clock: { now: () => NOW } });
  });
  after(() => stored.database.close());

  const named = () =>
    reader.prepare((tables: Kysely<UserTables>, { of }: Values<{ readonly names: string; readonly limit: number }>) =>
      tables
        .selectFrom('users')
        .select(['username', 'createdAt'])
        .where('username', 'like', of('names'))
        .orderBy('username', 'desc')
        .limit(of('limit')),
    );
  const claimant = (userId: string, signInId: string | null): Viewer => ({
    claims: { userId, signInId, scopes: null },
  });
  const aSignIn = async (values: object = {}) => {
    const { id: userId } = await storedUser(stored);
    const { signIn } = await storedSignIn(stored, { userId, expiresAt: later(1), ...values });
    return { userId, id: signIn.id };
  };

  it('comes in its order, with the proof that the sign-in lives and without it', async () => {
    const names = ['zara', 'anna', 'mona'].map((name) => `${name}${Date.now()}`);
    for (const username of names) await storedUser(stored, { username });
    const { userId, id } = await aSignIn();
    const values = { names: `%${names[0]?.slice(4) ?? ''}`, limit: 2 };
    for (const viewer of [claimant(userId, id), actorOf(userId)]) {
      const rows = await named()(viewer, values);
      expect(rows.map(({ username }) => username)).to.deep.equal([names[0], names[2]]);
      expect(rows[0]?.createdAt).to.be.an.instanceOf(Date);
    }
  });

  it('may be nothing', async () => {
    const { userId, id } = await aSignIn();
    expect(await named()(claimant(userId, id), { names: 'nobody', limit: 5 })).to.deep.equal([]);
    expect(await named()(actorOf(userId), { names: 'nobody', limit: 5 })).to.deep.equal([]);
  });

  it('is refused where the sign-in has ended or expired, is unknown, or is another user’s', async () => {
    const lives = await aSignIn();
    const ended = await aSignIn({ endedAt: later(-1) });
    const expired = await aSignIn({ expiresAt: NOW });
    const refused = [
      claimant(ended.userId, ended.id),
      claimant(expired.userId, expired.id),
      claimant(lives.userId, uuid()),
      claimant(ended.userId, lives.id),
      claimant(lives.userId, null),
    ];
    for (const viewer of refused) {
      for (const names of ['%', 'nobody']) {
        expect(await codeOf(named()(viewer, { names, limit: 5 }))).to.equal('invalid_token');
      }
    }
  });
});
